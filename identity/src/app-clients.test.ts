import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../tests/support/eventually.ts';
import { upsertAppClient } from './app-clients.ts';
import { developmentGrant } from './development-login.ts';
import {
  audience,
  exito,
  norte,
  type RunningIdentity,
  runIdentity,
  secret,
} from './testing/running-identity.ts';
import { requestToken } from './testing/token-request.ts';
import { workRatio } from './testing/work-ratio.ts';

let running: RunningIdentity;
beforeAll(async () => {
  running = await runIdentity();
}, 60_000);
afterAll(() => running?.close());

describe('la aplicación de la instancia norte', () => {
  it('recibe un token con sus claims, y ni uno más', async () => {
    const answer = await running.askAsApp();
    const { payload, protectedHeader } = await running.verifyStrictly(answer.token);

    expect(answer.body).toEqual({ access_token: answer.token, token_type: 'Bearer', expires_in: 300 });
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    const { iat, exp, jti, ...claims } = payload;
    expect(claims).toEqual({
      iss: running.identity.url,
      aud: audience,
      sub: `app:${norte}`,
      client_id: running.clientId,
      tenant_id: exito,
      instance_ids: [norte],
      roles: ['CHILD_APP'],
    });
    expect(Number(exp) - Number(iat)).toBe(300);
    expect(jti).toEqual(expect.any(String));
  });

  it('también entra con Basic, sin codificar nada', async () => {
    const basic = Buffer.from(`${running.clientId}:${secret}`).toString('base64');

    const answer = await requestToken(
      running.identity.url,
      { grant_type: 'client_credentials' },
      { authorization: `Basic ${basic}` },
    );

    expect((await running.verifyStrictly(answer.token)).payload.sub).toBe(`app:${norte}`);
  });

  it('deja escrito cuándo entró por última vez', async () => {
    await running.askAsApp();

    await eventually(async () => {
      const row = await running.prisma.appClient.findUniqueOrThrow({ where: { clientId: running.clientId } });
      expect(row.lastUsedAt).toBeInstanceOf(Date);
    });
  });

  it('con otro secreto no entra, y contesta lo mismo que un cliente que no existe', async () => {
    const wrong = await running.askAsApp({ client_secret: 'otro-secreto-otro-secreto-otro-se' });
    const unknown = await running.askAsApp({ client_id: 'app-01900000-0000-7000-8000-0000000000ff' });

    expect(wrong.status).toBe(401);
    expect(wrong.body).toEqual({
      error: 'invalid_client',
      error_description: 'client authentication failed',
    });
    expect(unknown).toEqual(wrong);
  });

  it('el resumen guardado no sirve de secreto', async () => {
    const row = await running.prisma.appClient.findUniqueOrThrow({ where: { clientId: running.clientId } });

    expect((await running.askAsApp({ client_secret: row.secretHash })).status).toBe(401);
  });

  it('con las credenciales revocadas no entra, desde la petición siguiente', async () => {
    const sur = '01900000-0000-7000-8000-0000000000a2';
    const revocable = await upsertAppClient(running.prisma, {
      id: randomUUID(),
      instanceId: sur,
      tenantId: exito,
      secret,
    });
    expect((await running.askAsApp({ client_id: revocable })).status).toBe(200);

    await running.prisma.appClient.update({
      where: { clientId: revocable },
      data: { revokedAt: new Date() },
    });

    const answer = await running.askAsApp({ client_id: revocable });
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
  });

  it.each([
    ['otra audiencia', { resource: 'urn:otra:api' }, 'invalid_target'],
    ['un grant que no existe', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['un grant que no es el suyo', { grant_type: developmentGrant }, 'invalid_request'],
  ])('%s es un error de OAuth', async (_name, given, error) => {
    const answer = await running.askAsApp(given);

    expect([answer.status, answer.body.error]).toEqual([400, error]);
  });

  it('rechazar una desconocida cuesta lo mismo que un secreto equivocado', async () => {
    const client_secret = 'otro-secreto-otro-secreto-otro-se';

    const ratio = await workRatio(
      () => running.askAsApp({ client_id: 'app-nadie', client_secret }),
      () => running.askAsApp({ client_secret }),
    );

    expect(ratio).toBeGreaterThan(0.6);
  });
});
