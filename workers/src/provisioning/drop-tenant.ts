import type { DatabaseTier } from './job.ts';
import { leaveDatabase } from './move/settle.ts';
import type { OperationRun } from './step.ts';
import { createTenantDatabase } from './steps/create-database.ts';
import { reserve } from './steps/reserve.ts';

async function liveTiers({ pool, input }: OperationRun): Promise<readonly DatabaseTier[]> {
  const { rows } = await pool.query<{ tier: DatabaseTier }>(
    'SELECT tier FROM tenant_database WHERE instance_id = $1 AND released_at IS NULL',
    [input.instanceId],
  );
  return rows.map(({ tier }) => tier);
}

/** Todo lo reservado para una instancia, en el nivel que sea: primero lo que hay, al final su reserva. */
export async function dropTenant(run: OperationRun): Promise<void> {
  for (const tier of await liveTiers(run)) {
    const there = run.at(tier);
    if (tier === 'ENTERPRISE') await createTenantDatabase.undo(there);
    else await leaveDatabase(await there.home(), run.input.instanceId, 'gone');
    await reserve.undo(there);
  }
}

/** Nada reservado es nada que borrar. */
export const isDropped = async (run: OperationRun): Promise<boolean> => (await liveTiers(run)).length === 0;
