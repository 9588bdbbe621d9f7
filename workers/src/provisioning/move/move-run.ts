import { PermanentError } from '@farutech/kernel/errors';
import type { DatabaseTier } from '../job.ts';
import { reservedHome } from '../reservation.ts';
import type { OperationRun } from '../step.ts';
import { type Ends, type Move, takeMove } from './move.ts';

/** El nivel al que se mueve. */
function destination({ input }: OperationRun): DatabaseTier {
  if (!('to' in input)) throw new TypeError('una orden sin destino');
  if (input.to === input.databaseTier) {
    throw new PermanentError('SAME_TIER', `The instance already lives in the ${input.to} tier.`);
  }
  return input.to;
}

/** La operación, hablando de la base a la que se va. */
export const there = (run: OperationRun): OperationRun => run.at(destination(run));

async function endOf(run: OperationRun): Promise<Ends['source']> {
  const { databaseId } = await reservedHome(run);
  return { databaseId, client: await run.home() };
}

export async function endsOf(run: OperationRun): Promise<Ends> {
  return { tenantId: run.input.instanceId, source: await endOf(run), target: await endOf(there(run)) };
}

export const reversed = ({ tenantId, source, target }: Ends): Ends => ({
  tenantId,
  source: target,
  target: source,
});

const taken = new WeakMap<OperationRun, Promise<Move | 'switched'>>();

/** Se toma una vez por reclamación: cada toma hace volver a empezar a quien escribe en REPEATABLE READ. */
export function takenMove(run: OperationRun): Promise<Move | 'switched'> {
  const move = taken.get(run) ?? endsOf(run).then(takeMove);
  taken.set(run, move);
  return move;
}

/** Para los pasos de antes del cierre. Un traslado ya cerrado los tiene hechos. */
export async function whileMoving(run: OperationRun, work: (move: Move) => Promise<void>): Promise<void> {
  const move = await takenMove(run);
  if (move !== 'switched') await work(move);
}
