import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { upsertAccount } from './accounts.ts';
import { developmentClientId, developmentGrant } from './development-login.ts';
import { startIdentity } from './start.ts';
import { ana, exito, operator, type RunningIdentity, runIdentity } from './testing/running-identity.ts';
import { requestToken } from './testing/token-request.ts';
import { workRatio } from './testing/work-ratio.ts';

let running: RunningIdentity;
beforeAll(async () => {
  running = await runIdentity();
}, 60_000);
afterAll(() => running?.close());
afterEach(() => vi.unstubAllEnvs());

describe('la entrada de desarrollo', () => {
  it('una operadora de Farutech no pertenece a ningún cliente', async () => {
    const { payload } = await running.verifyStrictly(
      (await running.logIn(' OPERATOR@farutech.test', 'demo-operator')).token,
    );

    expect(payload).toMatchObject({
      sub: operator,
      tenant_id: null,
      instance_ids: [],
      roles: ['PLATFORM_ADMIN'],
      client_id: developmentClientId,
    });
  });

  it('una administradora de cliente lleva el suyo', async () => {
    const { payload } = await running.verifyStrictly(
      (await running.logIn('ana@exito.test', 'demo-ana')).token,
    );

    expect(payload).toMatchObject({ sub: ana, tenant_id: exito, roles: ['CUSTOMER_ADMIN'] });
  });

  it('contraseña equivocada, correo desconocido y cuenta deshabilitada se contestan igual', async () => {
    await upsertAccount(running.prisma, {
      id: '01900000-0000-7000-8000-0000000000b3',
      email: 'luis@exito.test',
      password: 'demo-luis',
      role: 'CUSTOMER_VIEWER',
      tenantId: exito,
    });
    expect((await running.logIn('luis@exito.test', 'demo-luis')).status).toBe(200);
    await running.prisma.account.update({
      where: { email: 'luis@exito.test' },
      data: { disabledAt: new Date() },
    });

    const answers = [
      await running.logIn('ana@exito.test', 'otra'),
      await running.logIn('nadie@exito.test', 'demo-ana'),
      await running.logIn('luis@exito.test', 'demo-luis'),
    ];

    for (const { status, body } of answers) {
      expect(status).toBe(400);
      expect(body).toEqual({ error: 'invalid_grant', error_description: 'grant request is invalid' });
    }
  });

  it('sin contraseña es una petición mal hecha', async () => {
    const answer = await requestToken(running.identity.url, {
      grant_type: developmentGrant,
      client_id: developmentClientId,
      email: 'ana@exito.test',
    });

    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
  });

  it('producción no arranca con ella', async () => {
    vi.stubEnv('NODE_ENV', 'production');

    await expect(
      startIdentity(running.world.configFor(running.databaseUrl), running.world.log),
    ).rejects.toThrow('DEVELOPMENT_LOGIN is for development only');
  });

  it('en producción, sin ella, no existe ni el grant ni su cliente', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const production = await startIdentity(
      { ...running.world.configFor(running.databaseUrl), developmentLogin: false },
      running.world.log,
    );

    const answer = await requestToken(production.url, {
      grant_type: developmentGrant,
      client_id: developmentClientId,
      email: 'operator@farutech.test',
      password: 'demo-operator',
    });

    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
    expect((await running.discover(production.url)).grant_types_supported).not.toContain(developmentGrant);
    await production.close();
  });

  it('rechazar un correo desconocido cuesta lo mismo que una contraseña equivocada', async () => {
    const ratio = await workRatio(
      () => running.logIn('nadie@exito.test', 'equivocada'),
      () => running.logIn('ana@exito.test', 'equivocada'),
    );

    expect(ratio).toBeGreaterThan(0.6);
  });
});
