import type { OutgoingEvent } from '@farutech/contracts/contract';
import type { MessageDeadLettered } from '@farutech/contracts/dead-letter';
import type { Clock } from '@farutech/kernel/clock';
import type { NewId } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import type { Operation } from '../domain/operation.ts';
import type { ToldOrder } from '../domain/operation-data.ts';
import type { Effects, Stores, UnitOfWork } from '../domain/ports.ts';
import type { TenantInstance } from '../domain/tenant-instance.ts';
import { lockedOperation } from './locked-operation.ts';
import { orderOf, tellOrder } from './operation-order.ts';
import { recordOperation } from './record-operation.ts';
import { tellRequested } from './tell-requested.ts';

export interface RingParts {
  readonly unitOfWork: UnitOfWork;
  readonly newId: NewId;
  readonly clock: Clock;
  /** Lo que una operación puede callar antes de que se le dé otra vez su orden. */
  readonly sweepAfterMs: number;
}

export type Rung = 'rung' | 'given up' | 'not needed';

/** Con tantas llamadas seguidas sin un solo hecho, alguien tiene que mirarlo. */
export const maxRings = 20;
const neverEnded = 'NEVER_ENDED';
const stalled: ReadonlySet<string> = new Set(['SCHEDULED', 'RUNNING', 'COMPENSATING']);

/** Una decisión sin la orden con que empezó no le dice nada a quien perdió las dos. */
const ordersOf = (last: ToldOrder): readonly ToldOrder[] => {
  const { after, ...decision } = last;
  return after === undefined ? [last] : [after, decision];
};

function lastOrderOf(operation: Operation, instance: TenantInstance): ToldOrder {
  const { order } = operation.data();
  // Las de antes de que se guardara son todas de aprovisionar, y esa orden sale de la instancia.
  return order ?? orderOf(operation, instance.snapshot(), null);
}

/** Una por llamada y por lo que se sabía entonces: repetida por dos réplicas, sale una vez. */
function ringEvents(operation: Operation, instance: TenantInstance, rung: number): OutgoingEvent[] {
  const { id, kind, requestNo, lastFact } = operation.data();
  const ringId = `${id}:r${requestNo}.${lastFact}.${rung}`;
  const orders = ordersOf(lastOrderOf(operation, instance)).map((order, index) =>
    tellOrder(order, index === 0 ? ringId : `${ringId}.${index}`),
  );
  // Lo vendido se pudo perder con la orden, y sin ello la instancia no llega a ACTIVE.
  return kind === 'PROVISION' ? [tellRequested(instance.snapshot()), ...orders] : orders;
}

/** La orden tal como se dio, para que quien opera pueda mandarla otra vez. */
function letterOf(operation: Operation, instance: TenantInstance, at: Date): MessageDeadLettered {
  const { id, correlationId, requestNo, lastFact } = operation.data();
  const [order = lastOrderOf(operation, instance)] = ordersOf(lastOrderOf(operation, instance)).toReversed();
  const { contract, data } = tellOrder(order);
  const messageId = `${id}:r${requestNo}.${lastFact}.end`;
  return {
    messageId,
    worker: 'provisioning',
    stream: 'CMD',
    subject: contract.subject(data),
    aggregateId: instance.id,
    correlationId,
    attempts: maxRings,
    code: neverEnded,
    reason: `The order was given ${maxRings} times more, and nothing was heard of the operation.`,
    payload: {
      id: messageId,
      name: order.name,
      version: order.version,
      aggregateId: instance.id,
      correlationId,
      occurredAt: at.toISOString(),
      data,
    },
    deadLetteredAt: at.toISOString(),
  };
}

async function giveUp(
  stores: Stores,
  { operation, instance }: { operation: Operation; instance: TenantInstance },
  newId: NewId,
  at: Date,
): Promise<Effects> {
  const letter = letterOf(operation, instance, at);
  const { steps } = operation.data();
  const step = steps.find(({ state }) => state !== 'DONE' && state !== 'SKIPPED') ?? steps.at(-1);
  const failure = { step: step?.name ?? operation.kind.toLowerCase(), code: neverEnded };
  operation.fail({ ...failure, message: letter.reason }, at);
  instance.operationFailed(operation, at);
  await stores.deadLetters.add(newId(), letter);
  const events = await recordOperation(stores, instance, operation);
  return { events, audit: auditOf('operationGivenUp', operation, { rings: maxRings }) };
}

const auditOf = (action: string, operation: Operation, detail: Readonly<Record<string, unknown>>) => ({
  action,
  entityType: 'TenantInstance',
  entityId: operation.data().instanceId,
  outcome: 'ACCEPTED' as const,
  detail: { operationId: operation.id, ...detail },
});

/**
 * Da otra vez la última orden de una operación de la que hace demasiado que no se sabe nada: el doorbell se pudo
 * perder, y lo que el trabajador ya hizo lo vuelve a contar. Tras veinte sin respuesta fracasa y queda su carta.
 */
export async function ringOperation(
  { unitOfWork, newId, clock, sweepAfterMs }: RingParts,
  cause: Cause,
  operationId: string,
): Promise<Rung> {
  const { rung } = await unitOfWork.change<{ id: string; rung: Rung }>(cause, async (stores) => {
    const { operation, instance } = await lockedOperation(stores, operationId);
    const at = clock();
    const { state, movedAt, rungAt } = operation.data();
    const quietSince = Math.max(movedAt.getTime(), rungAt?.getTime() ?? 0);
    // Mientras se esperaba por el cerrojo pudo llegar un hecho, o llamar otra réplica.
    if (!stalled.has(state) || at.getTime() - quietSince < sweepAfterMs) {
      return { result: { id: operationId, rung: 'not needed' }, events: [], audit: null };
    }
    const rings = operation.ring(at);
    if (rings > maxRings) {
      const effects = await giveUp(stores, { operation, instance }, newId, at);
      return { result: { id: operationId, rung: 'given up' }, ...effects };
    }
    await stores.operations.save(operation);
    return {
      result: { id: operationId, rung: 'rung' },
      events: ringEvents(operation, instance, rings),
      audit: auditOf('ringOperation', operation, { rung: rings }),
    };
  });
  return rung;
}
