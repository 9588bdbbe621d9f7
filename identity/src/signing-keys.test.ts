import { Secret } from '@farutech/kernel/secret';
import { createFieldCipher } from '@farutech/runtime/field-cipher';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureSigningKeys } from './signing-keys.ts';
import { openDatabase } from './start.ts';
import { fieldKeys, type IdentityWorld, openIdentityWorld } from './testing/identity-world.ts';

let world: IdentityWorld;
const cipher = createFieldCipher(fieldKeys);
const now = new Date('2026-03-02T10:00:00Z');
const clock = () => now;
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

beforeAll(async () => {
  world = await openIdentityWorld();
}, 60_000);
afterAll(() => world?.close());

describe('las claves que firman', () => {
  it('seis réplicas que arrancan a la vez sobre una base vacía hacen una sola', async () => {
    const { url, prisma } = await world.freshDatabase('a_la_vez');
    const replicas = Array.from({ length: 6 }, () => openDatabase(url, world.log));

    const all = await Promise.all(
      replicas.map((replica) => ensureSigningKeys({ prisma: replica, cipher, clock })),
    );

    expect(new Set(all.map((keys) => keys.kid)).size).toBe(1);
    expect(await prisma.signingKey.count()).toBe(1);
    await Promise.all(replicas.map((replica) => replica.$disconnect()));
  });

  it('son las mismas tras un reinicio, y en la base no está la parte privada', async () => {
    const { prisma } = await world.freshDatabase('reinicio');

    const first = await ensureSigningKeys({ prisma, cipher, clock });
    const second = await ensureSigningKeys({ prisma, cipher, clock });

    expect(second).toEqual(first);
    const secret = first.jwks[0]?.d;
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify(await prisma.signingKey.findMany())).not.toContain(secret);
  });

  it('una retirada verifica diez minutos más, mientras firma la nueva', async () => {
    const { prisma } = await world.freshDatabase('retirada');
    const old = await ensureSigningKeys({ prisma, cipher, clock });
    const retire = (at: Date) =>
      prisma.signingKey.update({ where: { kid: old.kid }, data: { retiredAt: at } });

    await retire(minutesAgo(9));
    const during = await ensureSigningKeys({ prisma, cipher, clock });
    await retire(minutesAgo(11));
    const after = await ensureSigningKeys({ prisma, cipher, clock });

    expect(during.kid).not.toBe(old.kid);
    expect(during.jwks.map((key) => key.kid)).toEqual([during.kid, old.kid]);
    expect(after.kid).toBe(during.kid);
    expect(after.jwks.map((key) => key.kid)).toEqual([during.kid]);
  });

  it('con otras FIELD_KEYS no arranca ni hace una clave nueva', async () => {
    const { prisma } = await world.freshDatabase('otras_claves');
    await ensureSigningKeys({ prisma, cipher, clock });
    const other = createFieldCipher(new Secret(`otra:${Buffer.alloc(32, 9).toString('base64')}`));

    await expect(ensureSigningKeys({ prisma, cipher: other, clock })).rejects.toMatchObject({
      code: 'SIGNING_KEY_UNREADABLE',
    });
    expect(await prisma.signingKey.count()).toBe(1);
  });
});
