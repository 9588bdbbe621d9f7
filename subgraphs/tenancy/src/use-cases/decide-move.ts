import type { Clock } from '@farutech/kernel/clock';
import type { Cause } from '@farutech/kernel/request';
import type { Operation } from '../domain/operation.ts';
import { admitBeside } from '../domain/operation-admission.ts';
import type { Stores, UnitOfWork } from '../domain/ports.ts';
import { lockedOperation } from './locked-operation.ts';
import { decisionOf, tellOrder } from './operation-order.ts';
import { recordOperation } from './record-operation.ts';

export interface DecideMoveParts {
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
}

interface Decision {
  readonly action: string;
  readonly decision: 'confirm' | 'revert';
  readonly operationId: string;
  /** Rechaza la que todavía no se puede hacer. */
  admit?(stores: Stores, instanceId: string): Promise<void>;
}

/**
 * Decide sobre un traslado que espera. La operación cambia al aceptar la decisión, no cuando el trabajador la oye: la
 * segunda, sea cual sea, ya no la encuentra esperando.
 */
export const decideMove = (
  { unitOfWork, clock }: DecideMoveParts,
  cause: Cause,
  { action, decision, operationId, admit }: Decision,
): Promise<Operation> =>
  unitOfWork.change(cause, async (stores) => {
    const { operation, instance } = await lockedOperation(stores, operationId);
    const at = clock();
    operation.decide(decision, at);
    const others = await stores.operations.standingOf(instance.id);
    admitBeside(
      'DECISION',
      others.filter(({ id }) => id !== operation.id),
      'operationId',
    );
    await admit?.(stores, instance.id);
    const order = decisionOf(operation, decision);
    operation.told(order);
    instance.moveDecided(decision, operation, at);
    const told = await recordOperation(stores, instance, operation);
    return {
      result: operation,
      events: [tellOrder(order), ...told],
      audit: {
        action,
        entityType: 'TenantInstance',
        entityId: instance.id,
        outcome: 'ACCEPTED',
        detail: { operationId: operation.id },
      },
    };
  });
