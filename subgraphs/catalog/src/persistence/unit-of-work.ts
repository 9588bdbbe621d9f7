import type { Clock } from '@farutech/kernel/clock';
import type { NewId } from '@farutech/kernel/ids';
import { writeAudit } from '@farutech/messaging/audit';
import { writeOutbox } from '@farutech/messaging/outbox';
import type { PrismaClient } from '@farutech/prisma/catalog';
import type { UnitOfWork } from '../domain/ports.ts';
import { executeIn } from './execute-in.ts';
import { planStore } from './plan.store.ts';
import { productStore } from './product.store.ts';

/** Más de lo que espera quien publica el mismo plan que otros veinte, y menos de lo que aguanta un cliente. */
const limits = { isolationLevel: 'ReadCommitted', maxWait: 5_000, timeout: 15_000 } as const;

export interface UnitOfWorkParts {
  readonly prisma: PrismaClient;
  readonly newId: NewId;
  readonly clock: Clock;
}

/** Filas, buzón y auditoría en una transacción. */
export const unitOfWork =
  ({ prisma, newId, clock }: UnitOfWorkParts): UnitOfWork =>
  (cause, work) =>
    prisma.$transaction(async (tx) => {
      const { result, events, audit } = await work({ products: productStore(tx), plans: planStore(tx) });
      const execute = executeIn(tx);
      const at = clock();
      await writeOutbox(execute, newId, cause, at, events);
      if (audit !== null) await writeAudit(execute, newId, cause, at, audit);
      return result;
    }, limits);
