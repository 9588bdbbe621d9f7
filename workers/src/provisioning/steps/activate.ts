import { TransientError } from '@farutech/kernel/errors';
import type { OperationRun, Step } from '../step.ts';
import { isRegistered } from '../tenant-owner.ts';

async function isOpen(run: OperationRun): Promise<boolean> {
  const home = await run.home();
  // LOGGING también es estar en casa: un traslado que espera a que lo confirmen no impide volver a encenderla.
  const { rowCount } = await home.query(
    `SELECT 1 FROM tenant_gate WHERE tenant_id = $1 AND state IN ('OPEN', 'LOGGING')`,
    [run.input.instanceId],
  );
  return rowCount === 1 && (await isRegistered(home, run.input.instanceId));
}

/** Mira que la casa esté de verdad en pie. Decirlo es cosa del diario, en la transacción que acaba la operación. */
export const activate: Step = {
  name: 'activate',
  observe: async (run) => ((await isOpen(run)) ? 'done' : 'missing'),
  async act() {
    throw new TransientError(
      'TENANT_NOT_READY',
      'The tenant is not registered in its database, or its gate is closed.',
    );
  },
  async undo() {
    // Solo mira.
  },
};
