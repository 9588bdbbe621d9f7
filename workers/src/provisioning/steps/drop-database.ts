import { dropTenant, isDropped } from '../drop-tenant.ts';
import type { OperationRun, Step } from '../step.ts';

/** Desde cuándo se podrá borrar. La primera fecha vale: repetir el paso no la aplaza. */
async function keepUntil({ guarded, input, leaving }: OperationRun): Promise<string> {
  return await guarded(async (tx) => {
    const { rows } = await tx.query<{ until: Date }>(
      `UPDATE tenant_database SET drop_after = coalesce(drop_after, now() + $2 * interval '1 ms')
       WHERE instance_id = $1 AND released_at IS NULL RETURNING drop_after AS until`,
      [input.instanceId, leaving.graceMs],
    );
    return (rows[0]?.until ?? new Date(Number.NaN)).toISOString();
  });
}

/** Con plazo, la baja acaba ya y los datos los borra después una tarea programada (drop-left-tenants.ts). */
export const dropDatabase: Step = {
  name: 'drop-database',
  observe: async (run) => ((await isDropped(run)) ? 'done' : 'missing'),
  async act(run) {
    if (run.leaving.graceMs === 0) return await dropTenant(run);
    run.note(`The data are kept until ${await keepUntil(run)}; the schedule drops them then.`);
  },
  async undo({ guarded, input }) {
    await guarded((tx) =>
      tx.query('UPDATE tenant_database SET drop_after = NULL WHERE instance_id = $1', [input.instanceId]),
    );
  },
};
