import type { PrismaClient } from '@farutech/prisma/identity';
import type { Adapter } from 'oidc-provider';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAdapterFactory } from './adapter.ts';
import { sweepExpiredPayloads } from './expired-payloads.ts';
import { type IdentityWorld, openIdentityWorld } from './testing/identity-world.ts';

let world: IdentityWorld;
let prisma: PrismaClient;
let now: Date;
let refreshTokens: Adapter;
let sessions: Adapter;

beforeAll(async () => {
  world = await openIdentityWorld();
  ({ prisma } = await world.freshDatabase('identity'));
  const factory = createAdapterFactory(prisma, () => now);
  refreshTokens = factory('RefreshToken');
  sessions = factory('Session');
}, 60_000);
afterAll(() => world?.close());
beforeEach(async () => {
  now = new Date('2026-03-02T10:00:00Z');
  await prisma.oidcPayload.deleteMany();
});

describe('lo que oidc-provider guarda', () => {
  it('el token de refresco no está en ninguna columna: solo su resumen', async () => {
    await refreshTokens.upsert(
      'token-en-claro',
      { jti: 'token-en-claro', accountId: 'ana', grantId: 'g1' },
      60,
    );

    const rows = await prisma.oidcPayload.findMany();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain('token-en-claro');
    expect(await refreshTokens.find('token-en-claro')).toEqual({
      jti: 'token-en-claro',
      accountId: 'ana',
      grantId: 'g1',
    });
    expect(await refreshTokens.find(rows[0]?.id ?? '')).toBeUndefined();
  });

  it('de ocho que gastan a la vez el mismo token, uno gana', async () => {
    await refreshTokens.upsert('t', { jti: 't' }, 60);

    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => refreshTokens.consume('t')));

    expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    for (const one of tries) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ error: 'invalid_grant' });
    }
    expect(await refreshTokens.find('t')).toMatchObject({ consumed: now.getTime() / 1000 });
  });

  it('guardar otra vez un token gastado no lo devuelve a la vida', async () => {
    await refreshTokens.upsert('t', { jti: 't' }, 60);
    await refreshTokens.consume('t');

    await refreshTokens.upsert('t', { jti: 't' }, 60);

    await expect(refreshTokens.consume('t')).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('lo caducado no existe, ni antes de que pase la limpieza', async () => {
    await refreshTokens.upsert('t', { jti: 't' }, 60);

    now = new Date(now.getTime() + 60_000);

    expect(await refreshTokens.find('t')).toBeUndefined();
  });

  it('una sesión se encuentra por su identificador y por su uid', async () => {
    await sessions.upsert('cookie', { jti: 'cookie', uid: 'u1', accountId: 'ana' }, 60);

    expect(await sessions.find('cookie')).toMatchObject({ jti: 'cookie', accountId: 'ana' });
    expect(await sessions.findByUid('u1')).toMatchObject({ jti: 'cookie', accountId: 'ana' });
    expect(await sessions.findByUid('u2')).toBeUndefined();
  });

  it('revocar una concesión se lleva sus tokens y ninguno más', async () => {
    await refreshTokens.upsert('a', { jti: 'a', grantId: 'g1' }, 60);
    await refreshTokens.upsert('b', { jti: 'b', grantId: 'g1' }, 60);
    await refreshTokens.upsert('c', { jti: 'c', grantId: 'g2' }, 60);

    await refreshTokens.revokeByGrantId('g1');

    expect(await refreshTokens.find('a')).toBeUndefined();
    expect(await refreshTokens.find('b')).toBeUndefined();
    expect(await refreshTokens.find('c')).toBeDefined();
  });
});

describe('la limpieza', () => {
  it('borra lo caducado, deja lo vivo y no pasa de mil filas', async () => {
    const old = new Date(now.getTime() - 1);
    await prisma.oidcPayload.createMany({
      data: Array.from({ length: 1_002 }, (_, n) => ({
        model: 'Session',
        id: `vieja-${n}`,
        payload: {},
        expiresAt: old,
      })),
    });
    await refreshTokens.upsert('vivo', { jti: 'vivo' }, 60);

    expect(await sweepExpiredPayloads(prisma, now)).toBe(1_000);
    expect(await sweepExpiredPayloads(prisma, now)).toBe(2);
    expect(await sweepExpiredPayloads(prisma, now)).toBe(0);

    expect(await refreshTokens.find('vivo')).toBeDefined();
  });
});
