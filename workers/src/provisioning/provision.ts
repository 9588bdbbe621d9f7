import { PermanentError } from '@farutech/kernel/errors';
import { causeOf, type Delivery, FencedError, RetryLater } from '@farutech/messaging/consume';
import { delayBefore } from '@farutech/messaging/retry-policy';
import type { Claim, JobFailure, ProvisionInput } from './job.ts';
import { type Engine, type Outcome, runOperation } from './run-operation.ts';

/** El diario no responde: ni se cuenta ni se da por perdido, se vuelve a mirar. */
const journalRestMs = 1_000;
const longestBusyMs = 1_000;

/**
 * Qué es de la orden lo dice el diario, no el número de entregas: una muerte gasta una entrega y no es un fallo. Por
 * eso todo lo que no ha acabado vuelve con RetryLater, que nunca es carta muerta; lo que acabó mal sí lo es.
 */
export async function provision(engine: Engine, command: ProvisionInput, delivery: Delivery): Promise<void> {
  const { journal } = engine;
  const outcome = await asJournal(async () => {
    if ((await journal.open(command)) === 'older') return 'handled';
    const claimed = await journal.claim(command.operationId, causeOf('provisioning', delivery));
    switch (claimed.kind) {
      case 'busy':
        throw new RetryLater(
          Math.min(Math.max(claimed.leaseMs + 25, 50), longestBusyMs),
          `operation ${command.operationId} is in other hands`,
        );
      case 'ended':
        await journal.tellAgain(command.operationId);
        // La misma orden otra vez: quien la atendió murió sin dar la carta muerta. Una orden nueva solo pregunta.
        if (claimed.failure !== null && delivery.attempt > 1) throw asDeadLetter(claimed.failure);
        return 'handled';
      case 'mine':
        return claimed.claim;
    }
  });
  if (outcome === 'handled') return;
  settle(await run(engine, outcome));
}

const run = (engine: Engine, claim: Claim): Promise<Outcome> => asJournal(() => runOperation(engine, claim));

function settle(outcome: Outcome): void {
  switch (outcome.kind) {
    case 'succeeded':
      return;
    case 'ended':
      throw asDeadLetter(outcome.failure);
    case 'again':
      throw new RetryLater(delayBefore(outcome.failures), 'a step failed and will be tried again', {
        cause: outcome.error,
      });
  }
}

const asDeadLetter = ({ step, code, message }: JobFailure): PermanentError =>
  new PermanentError(code, `${step}: ${message}`);

async function asJournal<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const said =
      error instanceof FencedError || error instanceof RetryLater || error instanceof PermanentError;
    if (said) throw error;
    throw new RetryLater(journalRestMs, 'the journal does not answer', { cause: error });
  }
}
