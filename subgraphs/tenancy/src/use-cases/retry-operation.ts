import type { OutgoingEvent } from '@farutech/contracts/contract';
import type { Clock } from '@farutech/kernel/clock';
import { DomainError } from '@farutech/kernel/errors';
import type { Cause } from '@farutech/kernel/request';
import type { Operation } from '../domain/operation.ts';
import { admitBeside, admitFrom } from '../domain/operation-admission.ts';
import type { OperationState, ToldOrder } from '../domain/operation-data.ts';
import type { Stores, UnitOfWork } from '../domain/ports.ts';
import type { TenantInstance, TenantInstanceState } from '../domain/tenant-instance.ts';
import { lockedOperation } from './locked-operation.ts';
import { type Journey, journeyOf, orderOf, tellOrder } from './operation-order.ts';
import { recordOperation } from './record-operation.ts';

export interface RetryOperationParts {
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
}

/**
 * Un traslado FAILED sigue por donde iba, y puede haber cambiado ya de casa: vale el viaje que se pidió. Uno que se
 * deshizo empieza otra vez desde donde el inquilino vive ahora.
 */
function journeyAgain(
  { kind, ownOrder }: Operation,
  before: OperationState,
  { databaseTier }: TenantInstanceState,
): Journey | null {
  if (kind !== 'MOVE_TIER' || ownOrder === null) return null;
  const asked = journeyOf(ownOrder);
  if (before === 'FAILED') return asked;
  if (databaseTier === asked.to) {
    throw new DomainError(
      'ILLEGAL_TRANSITION',
      `The data of this instance lives in ${asked.to} already.`,
      'operationId',
    );
  }
  return { from: databaseTier, to: asked.to };
}

/**
 * Su orden otra vez con el número siguiente, que la reabre una vez. Si falló con una decisión tomada, va detrás: el
 * trabajador pudo no llegar a oírla, y si la oyó no cambia nada. Lo que se deshizo empieza sin ella.
 */
function ordersAgain(
  last: ToldOrder | null,
  before: OperationState,
  own: ToldOrder,
): readonly [ToldOrder, ...ToldOrder[]] {
  const decided = before === 'FAILED' && last?.after !== undefined;
  return decided ? [own, { ...last, after: own }] : [own];
}

async function admit(stores: Stores, operation: Operation, instance: TenantInstance): Promise<void> {
  const others = await stores.operations.standingOf(instance.id);
  admitBeside(
    operation.kind,
    others.filter(({ id }) => id !== operation.id),
    'operationId',
  );
  admitFrom(operation.kind, instance.status, 'operationId');
}

interface Retried {
  readonly operation: Operation;
  readonly instance: TenantInstance;
  readonly events: readonly OutgoingEvent[];
}

/** Lo mismo dentro de una transacción que hace algo más; `messageId`, si la orden ha de poder reconocerse. */
export async function retryIn(
  stores: Stores,
  operationId: string,
  at: Date,
  messageId?: string,
): Promise<Retried> {
  const { operation, instance } = await lockedOperation(stores, operationId);
  const { state: before, order: last } = operation.data();
  operation.retry(at);
  await admit(stores, operation, instance);
  const journey = journeyAgain(operation, before, instance.snapshot());
  const [own, ...after] = ordersAgain(last, before, orderOf(operation, instance.snapshot(), journey));
  for (const order of [own, ...after]) operation.told(order);
  instance.requested(operation, at);
  const told = await recordOperation(stores, instance, operation);
  const orders = [tellOrder(own, messageId), ...after.map((order) => tellOrder(order))];
  return { operation, instance, events: [...orders, ...told] };
}

/** Reintenta lo que acabó mal. OPERATION_IN_PROGRESS si está en marcha, o si otra de su instancia lo está. */
export const retryOperation = (
  { unitOfWork, clock }: RetryOperationParts,
  cause: Cause,
  operationId: string,
): Promise<Operation> =>
  unitOfWork.change(cause, async (stores) => {
    const { operation, instance, events } = await retryIn(stores, operationId, clock());
    return {
      result: operation,
      events,
      audit: {
        action: 'retryOperation',
        entityType: 'TenantInstance',
        entityId: instance.id,
        outcome: 'ACCEPTED',
        detail: { operationId: operation.id, requestNo: operation.data().requestNo },
      },
    };
  });
