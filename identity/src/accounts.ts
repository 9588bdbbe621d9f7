import { invalid } from '@farutech/kernel/errors';
import { isUuid } from '@farutech/kernel/ids';
import { type Role, roles, staff } from '@farutech/kernel/viewer';
import type { PrismaClient } from '@farutech/prisma/identity';
import { z } from 'zod';
import { hashPassword, type PasswordCheck } from './passwords.ts';

/** Una persona que puede entrar. Su `id` es el `sub` de sus tokens. */
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  /** El cliente al que pertenece; `null` si trabaja para Farutech. */
  readonly tenantId: string | null;
}

export interface NewAccount extends Account {
  readonly password: string;
  readonly locale?: 'es' | 'en';
}

const email = z.email().max(254);
const role = z.enum(roles);

const normalise = (raw: string): string => raw.trim().toLowerCase();

/** Quien trabaja para Farutech no pertenece a ningún cliente; los demás, a uno. Un programa no es una persona. */
function checkTenant(account: Account): void {
  if (account.role === 'CHILD_APP') throw invalid('role', 'CHILD_APP is for programs, not for people.');
  const isStaff = staff.includes(account.role);
  if (isStaff && account.tenantId !== null) throw invalid('tenantId', 'Staff belong to no customer.');
  if (!isStaff && account.tenantId === null) throw invalid('tenantId', `${account.role} needs a customer.`);
}

/** Crea la cuenta con ese correo o le pone estos datos. Una cuenta deshabilitada sigue deshabilitada. */
export async function upsertAccount(
  prisma: PrismaClient,
  account: NewAccount,
  at: Date = new Date(),
): Promise<void> {
  checkTenant(account);
  if (!isUuid(account.id)) throw invalid('id', 'id is not a UUID.');
  const address = email.safeParse(normalise(account.email));
  if (!address.success) throw invalid('email', 'email is not an e-mail address.');
  const data = {
    passwordHash: await hashPassword(account.password),
    role: account.role,
    tenantId: account.tenantId,
    ...(account.locale !== undefined && { locale: account.locale }),
  };
  await prisma.account.upsert({
    where: { email: address.data },
    create: { ...data, id: account.id, email: address.data, createdAt: at },
    update: data,
  });
}

const read = (row: { id: string; email: string; role: string; tenantId: string | null }): Account => ({
  id: row.id,
  email: row.email,
  role: role.parse(row.role),
  tenantId: row.tenantId,
});

/** `null` si no existe o está deshabilitada: para un token las dos cosas son la misma. */
export async function findAccount(prisma: PrismaClient, id: string): Promise<Account | null> {
  if (!isUuid(id)) return null;
  const row = await prisma.account.findUnique({ where: { id } });
  return row === null || row.disabledAt !== null ? null : read(row);
}

/**
 * `null` con un correo desconocido, una contraseña que no es y una cuenta deshabilitada. Las tres tardan lo
 * mismo: la contraseña se comprueba siempre, y antes que nada.
 */
export async function authenticate(
  deps: { prisma: PrismaClient; passwords: PasswordCheck },
  credentials: { email: string; password: string },
): Promise<Account | null> {
  const row = await deps.prisma.account.findUnique({ where: { email: normalise(credentials.email) } });
  const matches = await deps.passwords.matches(row?.passwordHash, credentials.password);
  return row !== null && matches && row.disabledAt === null ? read(row) : null;
}
