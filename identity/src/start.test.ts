import { spawn } from 'node:child_process';
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Secret } from '@farutech/kernel/secret';
import { developmentFieldKeys } from '@farutech/runtime/field-cipher';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../tests/support/eventually.ts';
import { developmentCookieKey } from './config.ts';
import { developmentGrant } from './development-login.ts';
import { startIdentity } from './start.ts';
import { fieldKeys } from './testing/identity-world.ts';
import { audience, norte, type RunningIdentity, runIdentity, secret } from './testing/running-identity.ts';

let running: RunningIdentity;
beforeAll(async () => {
  running = await runIdentity();
}, 60_000);
afterAll(() => running?.close());
afterEach(() => vi.unstubAllEnvs());

describe('descubrimiento', () => {
  it('el documento dice el emisor, ES256 y los grants que hay', async () => {
    expect(await running.discover()).toMatchObject({
      issuer: running.identity.url,
      token_endpoint: `${running.identity.url}/token`,
      jwks_uri: `${running.identity.url}/jwks`,
      id_token_signing_alg_values_supported: ['ES256'],
      grant_types_supported: expect.arrayContaining(['client_credentials', developmentGrant]),
    });
  });

  it('las direcciones son las del emisor aunque quien pregunta mienta en Host', async () => {
    const lying = { host: 'ladron.test', 'x-forwarded-host': 'ladron.test', 'x-forwarded-proto': 'https' };

    const text = await new Promise<string>((resolve, reject) => {
      get(`${running.identity.url}/.well-known/openid-configuration`, { headers: lying }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('end', () => resolve(body));
      }).on('error', reject);
    });

    expect(JSON.parse(text)).toMatchObject({
      issuer: running.identity.url,
      token_endpoint: `${running.identity.url}/token`,
    });
    expect(text).not.toContain('ladron');
  });

  it('el JWKS no lleva partes privadas', async () => {
    const { keys } = (await (await fetch(`${running.identity.url}/jwks`)).json()) as { keys: object[] };

    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0] ?? {}).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });
});

describe('el servicio', () => {
  it('un token dado antes de un reinicio sigue siendo bueno después, y en otra réplica', async () => {
    const { token } = await running.askAsApp();

    const replica = await startIdentity(
      { ...running.world.configFor(running.databaseUrl), issuer: running.identity.url },
      running.world.log,
    );
    const jwks = createRemoteJWKSet(new URL(`${replica.url}/jwks`));

    const { payload } = await jwtVerify(token, jwks, {
      issuer: running.identity.url,
      audience,
      typ: 'at+jwt',
    });
    expect(payload.sub).toBe(`app:${norte}`);
    await replica.close();
  });

  it.each([
    [
      'las cookies',
      { cookieKeys: [new Secret(developmentCookieKey)] },
      'COOKIE_KEYS is for development only',
    ],
    ['los campos', { fieldKeys: new Secret(developmentFieldKeys) }, 'for development only'],
  ])('producción no arranca con la clave de desarrollo de %s', async (_name, given, message) => {
    vi.stubEnv('NODE_ENV', 'production');
    const config = { ...running.world.configFor(running.databaseUrl), developmentLogin: false, ...given };

    await expect(startIdentity(config, running.world.log)).rejects.toThrow(message);
  });

  it('dice que vive, que está listo y sus cifras', async () => {
    const live = await fetch(`${running.identity.url}/health/live`);
    const ready = await fetch(`${running.identity.url}/health/ready`);
    const metrics = await (await fetch(`${running.identity.url}/metrics`)).text();

    expect([live.status, ready.status]).toEqual([200, 200]);
    expect(await ready.json()).toEqual({ ok: true, checks: { database: 'ok' } });
    expect(metrics).toMatch(/identity_tokens_issued_total\{kind="app",service="identity"\} \d/);
  });

  it('ni el secreto ni las contraseñas ni los tokens llegan al registro', async () => {
    const { token } = await running.askAsApp();
    await running.askAsApp({ client_secret: 'canario-canario-canario-canario-x' });
    await running.logIn('ana@exito.test', 'canario-de-ana');

    const everything = running.world.lines.join('');
    expect(everything).toContain('token request refused');
    expect(everything).not.toMatch(/canario|demo-ana|argon2id/);
    expect(everything).not.toContain(secret);
    expect(everything).not.toContain(token);
  });

  it('como proceso: solo escribe líneas JSON, y acaba bien con SIGTERM', async () => {
    const root = fileURLToPath(new URL('../../', import.meta.url));
    const child = spawn(
      process.execPath,
      ['--conditions=source', '--import', 'tsx', `${root}identity/src/main.ts`],
      {
        cwd: root,
        env: {
          PATH: process.env.PATH,
          TSX_TSCONFIG_PATH: `${root}tsconfig.dev.json`,
          PORT: '0',
          DATABASE_URL: running.databaseUrl,
          FIELD_KEYS: fieldKeys.reveal(),
          DEVELOPMENT_LOGIN: 'true',
        },
      },
    );
    let out = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors += chunk;
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));

    const url = await eventually(
      () => {
        const line = out.split('\n').find((one) => one.includes('"ready"'));
        expect(line, errors).toBeDefined();
        return String(JSON.parse(line ?? '').url);
      },
      { withinMs: 20_000 },
    );
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    child.kill('SIGTERM');

    expect(await ended).toBe(0);
    expect(errors).toBe('');
    for (const line of out.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ name: 'identity' });
  }, 30_000);
});
