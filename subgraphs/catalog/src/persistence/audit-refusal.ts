import type { Cause } from '@farutech/kernel/request';
import { writeAudit } from '@farutech/messaging/audit';
import { executeIn } from './execute-in.ts';
import type { UnitOfWorkParts } from './unit-of-work.ts';

interface Refused {
  /** La mutación, como la escribe la API. */
  readonly action: string;
  readonly code: string;
  readonly field?: string;
}

/** De lo que hablaba la mutación; las demás hablan de un producto. */
const entityTypes: Readonly<Record<string, string>> = {
  addModule: 'Module',
  addFeature: 'Feature',
  retireFeature: 'Feature',
  publishPlan: 'Plan',
  retirePlan: 'Plan',
};

/** Una sola sentencia es su propia transacción: la del cambio rechazado no queda. */
export async function auditRefusal(
  { prisma, newId, clock }: UnitOfWorkParts,
  cause: Cause,
  { action, code, field }: Refused,
): Promise<void> {
  await writeAudit(executeIn(prisma), newId, cause, clock(), {
    action,
    entityType: entityTypes[action] ?? 'Product',
    // Lo que se pidió puede no existir: el rechazo se anota sin afirmar sobre qué.
    entityId: '-',
    outcome: 'REFUSED',
    code,
    detail: field === undefined ? {} : { field },
  });
}
