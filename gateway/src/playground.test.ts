import { promises as files } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { Secret } from '@farutech/kernel/secret';
import { Kind, parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits, refuseTooComplex } from './limits/structure.ts';
import { loadSupergraph } from './live/supergraph.ts';
import { readWelcome } from './playground.ts';
import { GatewayUnderTest } from './testing/running-gateway.ts';
import { testLogin } from './testing/test-identity.ts';

const login = { email: testLogin.email, password: new Secret(testLogin.password) };

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await GatewayUnderTest.start({ playgroundLogin: login });
});
afterAll(() => gateway.close());

/** fetch no deja poner Host, y de eso trata. */
async function askToken(running: GatewayUnderTest, host?: string) {
  const { port } = new URL(running.running.url);
  const answer = await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    request(
      { host: '127.0.0.1', port, path: '/playground/token', method: 'POST', headers: host ? { host } : {} },
      async (response) => resolve({ status: response.statusCode, body: await text(response) }),
    )
      .once('error', reject)
      .end();
  });
  return { status: answer.status, body: JSON.parse(answer.body) };
}

describe('la pestaña de bienvenida', async () => {
  const welcome = await readWelcome();
  const supergraph = await files.readFile(new URL('../supergraph.graphql', import.meta.url), 'utf8');
  const { apiSchema } = loadSupergraph(supergraph);
  const document = parse(welcome);
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);

  it('trae consulta, mutación, suscripción y effectiveFeatures, todas con nombre', () => {
    expect(operations.map((one) => `${one.operation} ${one.name?.value}`)).toEqual([
      'query Welcome',
      'query Features',
      'mutation Provision',
      'subscription Watch',
      'subscription WatchAll',
    ]);
    expect(welcome).toContain('effectiveFeatures(instanceId: $instanceId)');
  });

  it('todas valen para la API y caben en los límites', () => {
    expect(validate(apiSchema, document)).toEqual([]);
    expect(refuseTooComplex(apiSchema, document, {})).toBeNull();
  });

  it('publica los límites que se aplican', () => {
    const published = welcome.replaceAll(',', '');

    expect(published).toContain(
      `depth ${limits.depth} · ${limits.aliases} aliases · cost ${limits.cost} · ${limits.bytes / 1024} KB`,
    );
    expect(published).toContain('first 1…100');
  });
});

describe('los módulos de la página', () => {
  it('se sirven todos, siguiendo sus import, y ninguno está en otro sitio', async () => {
    const seen = new Set<string>();
    const follow = async (path: string): Promise<void> => {
      if (seen.has(path) || path.startsWith('/playground-assets/')) return;
      seen.add(path);
      const { status, headers, body } = await gateway.get(path);
      expect([path, status, headers.get('content-type')]).toEqual([
        path,
        200,
        'text/javascript; charset=utf-8',
      ]);
      for (const [, from] of String(body).matchAll(/^(?:import|export) .* from '([^']+)';/gm))
        await follow(new URL(from ?? '', `http://own.test${path}`).pathname);
    };
    await follow('/playground/page.js');

    expect([...seen].toSorted().slice(0, 4)).toEqual([
      '/playground/api.js',
      '/playground/graphql-ws/client.js',
      expect.stringMatching(/^\/playground\/graphql-ws\/common-.+\.js$/),
      '/playground/page.js',
    ]);
    expect(seen.size).toBe(5);
  });

  it.each([
    '/playground/welcome.graphql',
    '/playground/../package.json',
    '/playground/graphql-ws/index.d.ts',
  ])('%s no está', async (path) => {
    expect((await gateway.get(path)).status).toBe(404);
  });
});

describe('el token de la demostración', () => {
  it('es uno nuevo cada vez, y con él se entra', async () => {
    const { status, body } = await askToken(gateway);

    expect([status, body.email, body.expiresInSeconds]).toEqual([200, testLogin.email, 300]);
    const asked = await gateway.post({ query: '{ ping }' }, { authorization: body.authorization });
    expect(asked.body).toEqual({ data: { ping: 'pong' } });
  });

  it.each(['evil.test', 'evil.test:4000', '192.168.1.7', '127.0.0.1.evil.test'])(
    'quien llega como %s no lo tiene',
    async (host) => {
      const { status, body } = await askToken(gateway, host);

      expect([status, body.errors[0].extensions.code]).toEqual([400, 'FORBIDDEN']);
      expect(JSON.stringify(body)).not.toContain('Bearer');
    },
  );

  it.each(['localhost:4000', '127.0.0.1', '[::1]:4000'])('como %s, sí', async (host) => {
    expect((await askToken(gateway, host)).status).toBe(200);
  });

  it('sin cuenta de demostración no hay a quién pedirlo, y la página lo sabe', async () => {
    const plain = await GatewayUnderTest.start();
    try {
      expect((await askToken(plain)).status).toBe(404);
      expect(String((await plain.get('/playground')).body)).toContain('"tokenUrl": null');
      expect(String((await gateway.get('/playground')).body)).toContain('"tokenUrl": "/playground/token"');
    } finally {
      await plain.close();
    }
  });

  it('una cuenta que identity no conoce es UNAUTHENTICATED; identity caída, UNAVAILABLE', async () => {
    const stranger = await GatewayUnderTest.start({
      playgroundLogin: { ...login, password: new Secret('another') },
    });
    try {
      const refused = await askToken(stranger);
      await stranger.identity.close();
      const fallen = await askToken(stranger);

      expect([refused.status, refused.body.errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
      expect([fallen.status, fallen.body.errors[0].extensions.code]).toEqual([503, 'UNAVAILABLE']);
    } finally {
      await stranger.close();
    }
  });
});
