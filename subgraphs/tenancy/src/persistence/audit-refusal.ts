import type { Clock } from '@farutech/kernel/clock';
import type { NewId } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import { writeAudit } from '@farutech/messaging/audit';
import type { TenancyPrisma } from './open-prisma.ts';

interface Refused {
  readonly action: string;
  readonly code: string;
  readonly field?: string;
}

interface Parts {
  readonly prisma: TenancyPrisma;
  readonly newId: NewId;
  readonly clock: Clock;
}

/** De una mutación rechazada no queda más que esta línea, que es una transacción aparte. */
export async function auditRefusal(
  { prisma, newId, clock }: Parts,
  cause: Cause,
  { action, code, field }: Refused,
): Promise<void> {
  await writeAudit(
    (sql, params) => prisma.$executeRawUnsafe(sql, ...params),
    newId,
    cause,
    clock(),
    // Lo rechazado no llegó a ser nada: la fila cuelga de la petición.
    {
      action,
      entityType: 'Request',
      entityId: cause.correlationId,
      outcome: 'REFUSED',
      code,
      detail: field === undefined ? {} : { field },
    },
  );
}
