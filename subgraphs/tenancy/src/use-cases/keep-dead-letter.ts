import type { MessageDeadLettered } from '@farutech/contracts/dead-letter';
import type { Clock } from '@farutech/kernel/clock';
import { OutOfOrderError } from '@farutech/kernel/errors';
import type { NewId } from '@farutech/kernel/ids';
import { replayIn } from '../domain/dead-letter.ts';
import type { Operation } from '../domain/operation.ts';
import type { ToldOrder } from '../domain/operation-data.ts';
import type { Effects, MessageCause, Stores, UnitOfWork } from '../domain/ports.ts';
import { type DeadOrder, deadOrderIn } from './dead-order.ts';
import { recordOperation } from './record-operation.ts';

export interface KeepDeadLetterParts {
  readonly unitOfWork: UnitOfWork;
  readonly newId: NewId;
  readonly clock: Clock;
}

/**
 * El trabajador dice cómo acabó su operación por otro stream, y puede llegar después que su carta: se le
 * espera. Si murió antes de decirlo, la carta decide.
 */
const waitForTheWorkerMs = 10_000;
const nothing: Effects = { events: [], audit: null };

/**
 * Si esa orden es la que la operación espera que se cumpla. La de una petición anterior ya no cuenta, y la de un
 * traslado que espera a que se decida ya se cumplió.
 */
function isAwaited({ name, requestNo }: DeadOrder, operation: Operation): boolean {
  const { state, order, requestNo: current } = operation.data();
  if (operation.isOver || state === 'AWAITING_CONFIRMATION') return false;
  const told: readonly (ToldOrder | undefined)[] = [order ?? undefined, order?.after];
  if (order !== null && !told.some((one) => one?.name === name)) return false;
  return requestNo === null || requestNo === current;
}

async function failOperation(
  stores: Stores,
  dead: DeadOrder,
  letter: MessageDeadLettered,
  at: Date,
): Promise<Effects> {
  const { instanceId, operationId } = dead;
  const instance = await stores.instances.lock(instanceId);
  const operation = await stores.operations.get(operationId);
  // Si el trabajador ya dijo cómo acabó, esa es la verdad.
  if (instance === null || operation === null || !isAwaited(dead, operation)) return nothing;
  if (at.getTime() - Date.parse(letter.deadLetteredAt) < waitForTheWorkerMs) {
    throw new OutOfOrderError('the worker may still say how the operation ended');
  }
  const { steps } = operation.data();
  const step = steps.find(({ state }) => state !== 'DONE' && state !== 'SKIPPED') ?? steps.at(-1);
  const times = letter.attempts === 1 ? 'once' : `${letter.attempts} times`;
  const message = `The order was tried ${times} and given up: ${letter.reason}`;
  operation.fail({ step: step?.name ?? operation.kind.toLowerCase(), code: letter.code, message }, at);
  instance.operationFailed(operation, at);
  const events = await recordOperation(stores, instance, operation);
  return {
    events,
    audit: {
      action: 'MessageDeadLettered',
      entityType: 'TenantInstance',
      entityId: instanceId,
      outcome: 'ACCEPTED',
      detail: { status: instance.status, operationId, code: letter.code, messageId: letter.messageId },
    },
  };
}

/** Un reenvío que vuelve es la misma carta, otra vez abierta; el de otro consumidor es una carta suya. */
async function keep(stores: Stores, id: string, letter: MessageDeadLettered): Promise<void> {
  const replay = replayIn(letter.messageId);
  const original = replay === null ? null : await stores.deadLetters.lock(replay.letterId);
  if (replay === null || original === null || original.data().worker !== letter.worker) {
    return await stores.deadLetters.add(id, letter);
  }
  original.cameBack(replay.n, letter, new Date(letter.deadLetteredAt));
  await stores.deadLetters.save(original);
}

/**
 * Guarda un mensaje que un consumidor dio por perdido. Sin su orden, una operación se quedaría quieta para
 * siempre: fracasa.
 */
export async function keepDeadLetter(
  { unitOfWork, newId, clock }: KeepDeadLetterParts,
  cause: MessageCause,
  letter: MessageDeadLettered,
): Promise<void> {
  await unitOfWork.react(cause, async (stores) => {
    await keep(stores, newId(), letter);
    const dead = deadOrderIn(letter);
    return dead === null ? nothing : await failOperation(stores, dead, letter, clock());
  });
}
