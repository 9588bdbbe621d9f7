import { TransientError } from '@farutech/kernel/errors';
import { reservedHome } from '../../reservation.ts';
import { isEnterprise, type OperationRun, type Step } from '../../step.ts';
import { createTenantDatabase } from '../../steps/create-database.ts';
import { reserve } from '../../steps/reserve.ts';
import { databaseExists } from '../../tenant-database.ts';
import { isHome, readGate, untilNobodyIsInside } from '../gate.ts';
import { there } from '../move-run.ts';
import { leaveDatabase, stopLogging } from '../settle.ts';

/** Antes de borrar nada: que se haya ido de aquí, y viva allí. Lo que se borra no vuelve. */
async function refuseTheHome(run: OperationRun): Promise<void> {
  const { instanceId } = run.input;
  const gone = await readGate(await run.home(), instanceId);
  const { databaseId } = await reservedHome(there(run));
  const home = await readGate(await there(run).home(), instanceId);
  if (gone?.state === 'MOVED' && gone.movedTo === databaseId && isHome(home)) return;
  throw new TransientError(
    'MOVE_NOT_SWITCHED',
    `The tenant does not live in ${databaseId}, so its old database is kept. Look at its gates before retrying.`,
  );
}

/** Se acabó la vuelta: la casa nueva deja de anotar, y de la vieja no queda nada. */
export const confirmMove: Step = {
  name: 'confirm',
  waits: true,
  observe: () => Promise.resolve('missing'),
  async act(run) {
    const { instanceId } = run.input;
    // La base propia que ya no está la quitó quien murió sin decirlo.
    const exists = await databaseExists(run);
    if (exists) await refuseTheHome(run);
    await stopLogging(await there(run).home(), instanceId);
    if (isEnterprise(run)) {
      if (exists) await untilNobodyIsInside(await run.home(), instanceId);
      await createTenantDatabase.undo(run);
      run.note('The old database was dropped.');
    } else {
      const deleted = await leaveDatabase(await run.home(), instanceId, 'pointer');
      run.note(`${deleted} old rows were deleted.`);
    }
    await reserve.undo(run);
  },
  async undo() {
    // La vuelta la da `switch`, que copia entero lo que falte.
  },
};
