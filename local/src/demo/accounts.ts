import { upsertAccount } from '@farutech/identity/accounts';
import type { NewId } from '@farutech/kernel/ids';
import type { Role } from '@farutech/kernel/viewer';
import type { PrismaClient } from '@farutech/prisma/identity';

/** La misma para todos: son cuentas de una máquina de desarrollo, y `make up` la escribe en pantalla. */
export const demoPassword = 'farutech-demo';

export const operator = 'operator@farutech.test';

interface DemoAccount {
  readonly email: string;
  readonly role: Role;
  /** El nombre legal de su cliente; nadie, si trabaja para Farutech. */
  readonly customer?: string;
}

export const demoAccounts: readonly DemoAccount[] = [
  { email: operator, role: 'PLATFORM_ADMIN' },
  { email: 'support@farutech.test', role: 'SUPPORT' },
  { email: 'billing@farutech.test', role: 'BILLING' },
  { email: 'admin@exito.test', role: 'CUSTOMER_ADMIN', customer: 'Grupo Éxito' },
  { email: 'viewer@exito.test', role: 'CUSTOMER_VIEWER', customer: 'Grupo Éxito' },
  { email: 'admin@patitas.test', role: 'CUSTOMER_ADMIN', customer: 'Clínica Veterinaria Patitas' },
];

/** Las cuentas de quienes trabajan para Farutech no necesitan que haya clientes; las demás, sí. */
export async function saveAccounts(
  prisma: PrismaClient,
  newId: NewId,
  accounts: readonly DemoAccount[],
  customerIds: ReadonlyMap<string, string>,
): Promise<void> {
  for (const { email, role, customer } of accounts) {
    const tenantId = customer === undefined ? null : customerIds.get(customer);
    if (tenantId === undefined) throw new TypeError(`la cuenta ${email} nombra a un cliente que no existe`);
    await upsertAccount(prisma, { id: newId(), email, role, tenantId, password: demoPassword });
  }
}
