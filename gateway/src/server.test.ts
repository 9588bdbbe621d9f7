import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GatewayUnderTest } from './testing/running-gateway.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const joined = 'query One($id: ID!) { tenantInstance(id: $id) { id planName } }';

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await GatewayUnderTest.start();
});
afterAll(() => gateway.close());

describe('una consulta federada', () => {
  it('une a los dos subgrafos en nombre del espectador, con el mismo hilo', async () => {
    const correlationId = '0190a000-0000-4000-8000-00000000000A';

    const { status, headers, body } = await gateway.ask(
      joined,
      { id: 'norte' },
      { 'x-correlation-id': correlationId },
    );

    expect(status).toBe(200);
    expect(body).toEqual({ data: { tenantInstance: { id: 'norte', planName: 'plan-norte' } } });
    expect(headers.get('x-correlation-id')).toBe(correlationId.toLowerCase());
    for (const { heard } of [gateway.tenancy, gateway.subscription])
      expect(heard.at(-1)).toMatchObject({ sub: 'operator', correlationId: correlationId.toLowerCase() });
    const traces = [gateway.tenancy, gateway.subscription].map(
      ({ heard }) => heard.at(-1)?.traceparent.split('-')[1],
    );
    expect(traces[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(traces[0]).toBe(traces[1]);
  });

  it('con un subgrafo caído, lo suyo es null con UNAVAILABLE y el resto vale', async () => {
    const fallen = await GatewayUnderTest.start();
    await fallen.subscription.kill();
    try {
      const { status, body } = await fallen.ask(joined, { id: 'norte' });

      expect(status).toBe(200);
      expect(body.data).toEqual({ tenantInstance: { id: 'norte', planName: null } });
      expect(body.errors).toHaveLength(1);
      expect(body.errors[0].extensions).toEqual({
        code: 'UNAVAILABLE',
        correlationId: expect.stringMatching(uuid),
      });
    } finally {
      await fallen.close();
    }
  });

  it('una variable que no cabe es VALIDATION_FAILED con su nombre', async () => {
    const { status, body } = await gateway.ask(joined, { id: { a: 1 } });

    expect(status).toBe(400);
    expect(body.errors[0].extensions).toMatchObject({ code: 'VALIDATION_FAILED', field: 'id' });
  });

  it('una mutación llega a su dueño', async () => {
    const { body } = await gateway.ask('mutation { rename(id: "sur") { id planName } }');
    expect(body).toEqual({ data: { rename: { id: 'sur', planName: 'plan-sur' } } });
  });
});

describe('quién puede preguntar', () => {
  it('sin token se niega con 401, también a un token malo', async () => {
    for (const headers of [{}, { authorization: 'Bearer a.b.c' }]) {
      const { status, body } = await gateway.post({ query: joined, variables: { id: 'x' } }, headers);
      expect(status).toBe(401);
      expect(body.data).toBeUndefined();
      expect(body.errors[0].extensions).toEqual({
        code: 'UNAUTHENTICATED',
        correlationId: expect.stringMatching(uuid),
      });
    }
  });

  it('el esquema se puede leer sin token, pero nada más con él', async () => {
    const open = await gateway.post({ query: '{ __schema { queryType { name } } }' });
    expect(open.body.data.__schema.queryType.name).toBe('Query');

    const mixed = await gateway.post({ query: '{ __schema { queryType { name } } ping }' });
    expect(mixed.status).toBe(401);
  });
});

describe('x-correlation-id', () => {
  it.each(['/health/live', '/playground', '/nowhere', '/graphql', '/metrics'])('va en %s', async (path) => {
    const { headers } = await gateway.get(path);
    expect(headers.get('x-correlation-id')).toMatch(uuid);
  });

  it('uno que no es un UUID se sustituye', async () => {
    const { headers } = await gateway.get('/health/live', { 'x-correlation-id': 'a b' });
    expect(headers.get('x-correlation-id')).toMatch(uuid);
  });
});

describe('límites sobre HTTP', () => {
  it('un cuerpo de más de 256 KB es 413', async () => {
    const { status, body } = await gateway.post({ query: `{ ping } #${'x'.repeat(300_000)}` });
    expect(status).toBe(413);
    expect(body.errors[0].extensions.code).toBe('QUERY_TOO_COMPLEX');
  });

  it('un lote se niega', async () => {
    const { status, body } = await gateway.post([{ query: '{ ping }' }]);
    expect(status).toBe(400);
    expect(body.errors[0].extensions.code).toBe('QUERY_TOO_COMPLEX');
  });

  it('cincuenta y un alias se niegan, y cincuenta no', async () => {
    const aliased = (count: number): string =>
      `{ ${Array.from({ length: count }, (_, n) => `a${n}: ping`).join(' ')} }`;
    const refused = await gateway.ask(aliased(51));
    expect([refused.status, refused.body.errors[0].extensions.code]).toEqual([400, 'QUERY_TOO_COMPLEX']);
    expect((await gateway.ask(aliased(50))).body.data.a49).toBe('pong');
  });

  it('lo hostil se niega en un momento y nunca con 500', async () => {
    const hostile = [
      `{ ${'ping '.repeat(20_000)} }`,
      `query { ${'...F '.repeat(500)} } fragment F on Query { ...F }`,
      `{ ${'a { '.repeat(3_000)} b ${'} '.repeat(3_000)} }`,
      `${Array.from({ length: 25 }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`).join(' ')} fragment F25 on Query { ping } query { ...F0 }`,
      `{ ping(a: ${'['.repeat(2_900)}1${']'.repeat(2_900)}) }`,
      `{ ${'ping '.repeat(5_900)} }`,
      '{ ping',
      '{ nothing }',
    ];
    for (const query of hostile) {
      const began = performance.now();
      const { status, body } = await gateway.ask(query);
      expect(status, query.slice(0, 40)).toBeGreaterThanOrEqual(200);
      expect(status, query.slice(0, 40)).toBeLessThan(500);
      expect(performance.now() - began, query.slice(0, 40)).toBeLessThan(1_000);
      if (body.errors) expect(body.errors[0].extensions.code).not.toBe('INTERNAL');
    }
  });

  it.each([
    ['no es JSON', '{'],
    ['no es un objeto', '7'],
    ['no trae consulta', '{}'],
    ['trae variables que no lo son', '{"query":"{ ping }","variables":[1]}'],
  ])('un cuerpo que %s es un 4xx', async (_what, raw) => {
    const { status, body } = await gateway.post(raw);
    expect(status).toBe(400);
    expect(body.errors[0].extensions.correlationId).toMatch(uuid);
  });

  it('un formulario de otra página no llega a ejecutarse', async () => {
    const { status } = await gateway.post('query=mutation', { 'content-type': 'text/plain' });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it('GET /graphql dice cómo se pregunta', async () => {
    const { status, headers } = await gateway.get('/graphql?query={ping}');
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe('POST');
  });

  it('una suscripción por POST se niega', async () => {
    const { status, body } = await gateway.ask('subscription { tick(instanceId: "x") { count } }');
    expect(status).toBe(400);
    expect(body.errors[0].extensions.code).toBe('VALIDATION_FAILED');
  });
});

describe('el Playground', () => {
  it('no pide nada fuera de su origen', async () => {
    const { status, headers, body } = await gateway.get('/playground');
    expect(status).toBe(200);
    const own = new URL(gateway.running.url).host;
    const outside = [...String(body).matchAll(/(?:https?|wss?):\/\/([^/"'\s]+)/g)].filter(
      ([, host]) => host !== own,
    );
    expect(outside).toEqual([]);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '?';
    const scripts = [...String(body).matchAll(/<script[^>]*>/g)].map(([tag]) => tag);
    expect(scripts.length).toBeGreaterThan(2);
    for (const tag of scripts) expect(tag).toContain(`nonce="${nonce}"`);
  });

  it('sirve sus propios ficheros', async () => {
    const { body } = await gateway.get('/playground');
    const paths = [...String(body).matchAll(/(?:href|from) ?=? ?"(\/playground-assets\/[^"]+)"/g)].map(
      ([, path]) => path ?? '',
    );
    expect(paths.length).toBeGreaterThan(1);
    for (const path of paths) expect((await gateway.get(path)).status, path).toBe(200);
    expect((await gateway.get('/playground-assets/../../package.json')).status).toBe(404);
  });

  it('la página de Apollo no está', async () => {
    const { status, body } = await gateway.get('/graphql', { accept: 'text/html' });
    expect(status).toBe(405);
    expect(JSON.stringify(body)).not.toContain('apollo');
  });
});

describe('salud', () => {
  it('está listo mientras algún subgrafo contesta', async () => {
    expect((await gateway.get('/health/ready')).body).toEqual({ ok: true, checks: { subgraphs: 'ok' } });
    expect((await gateway.get('/health/live')).status).toBe(200);
  });

  it('cuenta lo que hace el motor', async () => {
    expect(await gateway.metric('farutech_live_subscribers')).toBe(0);
    expect(await gateway.metric('farutech_live_ring_frames_total')).toBeGreaterThanOrEqual(0);
  });
});
