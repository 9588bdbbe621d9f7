import type { OperationKind } from '@farutech/contracts/provisioning';
import { PermanentError } from '@farutech/kernel/errors';
import { causeOf, type Delivery, FencedError, RetryLater } from '@farutech/messaging/consume';
import { delayBefore } from '@farutech/messaging/retry-policy';
import { type Claim, type JobFailure, moveReverted, type Order } from './job.ts';
import { type Engine, type Outcome, runOperation } from './run-operation.ts';

/** El diario no responde: ni se cuenta ni se da por perdido, se vuelve a mirar. */
const journalRestMs = 1_000;
const longestBusyMs = 1_000;
/** La anterior de la misma instancia acaba de acabarse: lo nuestro sigue enseguida. */
const nextInLineMs = 50;

/**
 * Qué es de la orden lo dice el diario, no el número de entregas: una muerte gasta una entrega y no es un fallo. Por
 * eso todo lo que no ha acabado vuelve con RetryLater, que nunca es carta muerta; lo que acabó mal sí lo es.
 */
export async function perform(
  engine: Engine,
  kind: OperationKind,
  order: Order,
  delivery: Delivery,
): Promise<void> {
  await asJournal(async () => {
    if ((await engine.journal.open(kind, order)) === 'older') return;
    await advance(engine, order.operationId, delivery);
  });
}

/** Lo que se decidió sobre un traslado que espera. Repetida, la decisión no cambia nada. */
export async function decide(
  engine: Engine,
  decision: 'confirm' | 'revert',
  { operationId }: Pick<Order, 'operationId'>,
  delivery: Delivery,
): Promise<void> {
  await asJournal(async () => {
    await engine.journal.decide(operationId, decision);
    await advance(engine, operationId, delivery);
  });
}

async function advance(engine: Engine, operationId: string, delivery: Delivery): Promise<void> {
  const claimed = await engine.journal.claim(operationId, causeOf('provisioning', delivery));
  switch (claimed.kind) {
    case 'busy':
      throw new RetryLater(
        Math.min(Math.max(claimed.leaseMs + 25, 50), longestBusyMs),
        `operation ${operationId} is in other hands`,
      );
    case 'behind':
      await finishOlder(engine, claimed.olderId, delivery);
      throw new RetryLater(nextInLineMs, `operation ${operationId} waited for ${claimed.olderId}`);
    case 'resting':
      await engine.journal.tellAgain(operationId);
      // La misma orden otra vez: quien la atendió murió sin dar la carta muerta. Una orden nueva solo pregunta.
      if (claimed.failure !== null && delivery.attempt > 1) refuse(claimed.failure);
      return;
    case 'mine':
      settle(await runOperation(engine, claimed.claim));
  }
}

/** Su mensaje se perdió y su dueño murió: sin esto, las que vienen detrás no avanzarían nunca. */
async function finishOlder(engine: Engine, operationId: string, delivery: Delivery): Promise<void> {
  const claimed = await engine.journal.claim(operationId, causeOf('provisioning', delivery));
  if (claimed.kind !== 'mine') return;
  const outcome = await runOperation(engine, claimed.claim satisfies Claim);
  const { log } = engine.surroundings;
  log.warn({ operationId, outcome: outcome.kind }, 'an older operation of the instance was taken up first');
}

function settle(outcome: Outcome): void {
  switch (outcome.kind) {
    case 'done':
      return;
    case 'ended':
      refuse(outcome.failure);
      return;
    case 'again':
      throw new RetryLater(delayBefore(outcome.failures), 'a step failed and will be tried again', {
        cause: outcome.error,
      });
  }
}

/** Lo que acabó mal es una carta muerta; volver atrás porque alguien lo pidió no es acabar mal. */
function refuse({ step, code, message }: JobFailure): void {
  if (code !== moveReverted) throw new PermanentError(code, `${step}: ${message}`);
}

async function asJournal(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const said =
      error instanceof FencedError || error instanceof RetryLater || error instanceof PermanentError;
    if (said) throw error;
    throw new RetryLater(journalRestMs, 'the journal does not answer', { cause: error });
  }
}
