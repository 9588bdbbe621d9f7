import type { PrismaClient } from '@farutech/prisma/identity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authenticate, findAccount, type NewAccount, upsertAccount } from './accounts.ts';
import { openPasswordCheck, type PasswordCheck } from './passwords.ts';
import { type IdentityWorld, openIdentityWorld } from './testing/identity-world.ts';

const exito = '01900000-0000-7000-8000-000000000001';
const ana: NewAccount = {
  id: '01900000-0000-7000-8000-0000000000b2',
  email: ' Ana@Exito.test ',
  password: 'demo-ana',
  role: 'CUSTOMER_ADMIN',
  tenantId: exito,
};

let world: IdentityWorld;
let prisma: PrismaClient;
let passwords: PasswordCheck;
const enter = (email: string, password: string) => authenticate({ prisma, passwords }, { email, password });

beforeAll(async () => {
  world = await openIdentityWorld();
  ({ prisma } = await world.freshDatabase('identity'));
  passwords = await openPasswordCheck();
}, 60_000);
afterAll(() => world?.close());

describe('las cuentas', () => {
  it('guardar dos veces la misma deja una, con la contraseña y el rol últimos', async () => {
    await upsertAccount(prisma, ana);
    await upsertAccount(prisma, {
      ...ana,
      email: 'ana@exito.test',
      password: 'nueva',
      role: 'CUSTOMER_VIEWER',
    });

    expect(await prisma.account.count()).toBe(1);
    expect(await enter('ANA@exito.test', 'demo-ana')).toBeNull();
    expect(await enter('ANA@exito.test', 'nueva')).toEqual({
      id: ana.id,
      email: 'ana@exito.test',
      role: 'CUSTOMER_VIEWER',
      tenantId: exito,
    });
  });

  it('la contraseña se guarda como argon2id con el coste de OWASP, y nada más', async () => {
    await upsertAccount(prisma, ana);

    const row = await prisma.account.findUniqueOrThrow({ where: { id: ana.id } });
    expect(row.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(JSON.stringify(row)).not.toContain('demo-ana');
  });

  it('una deshabilitada no entra ni se encuentra, y guardarla no la habilita', async () => {
    await upsertAccount(prisma, ana);
    await prisma.account.update({ where: { id: ana.id }, data: { disabledAt: new Date() } });

    await upsertAccount(prisma, ana);

    expect(await enter('ana@exito.test', 'demo-ana')).toBeNull();
    expect(await findAccount(prisma, ana.id)).toBeNull();
  });

  it.each([
    ['tenantId', { role: 'SUPPORT' as const }],
    ['tenantId', { tenantId: null }],
    ['role', { role: 'CHILD_APP' as const }],
    ['email', { email: 'no-es-un-correo' }],
    ['id', { id: '7' }],
  ])('con un %s imposible no se guarda', async (field, wrong) => {
    await expect(upsertAccount(prisma, { ...ana, ...wrong })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      field,
    });
  });
});
