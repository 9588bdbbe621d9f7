import { operationOrders } from '@farutech/contracts/provisioning';
import { z } from 'zod';
import { dropTenant } from './drop-tenant.ts';
import { openRun } from './open-run.ts';
import type { Surroundings } from './step.ts';
import { inTransaction } from './transaction.ts';

const due = z.object({
  operationId: z.string(),
  epoch: z.int(),
  input: operationOrders.DECOMMISSION.schema,
});

/**
 * Borra los datos de las instancias dadas de baja cuyo plazo venció. Borrar dos veces es borrar una, y una instancia
 * dada de baja no vuelve: aquí no hace falta época. Lo que falla con una no detiene a las demás.
 */
export async function dropLeftTenants(
  surroundings: Surroundings,
  at: Date,
  signal: AbortSignal,
): Promise<string> {
  const { pool, log } = surroundings;
  const { rows } = await pool.query(
    `SELECT DISTINCT ON (job.instance_id) job.operation_id AS "operationId", job.epoch, job.input
     FROM tenant_database left_behind JOIN job USING (instance_id)
     WHERE left_behind.drop_after <= $1 AND left_behind.released_at IS NULL
       AND job.kind = 'DECOMMISSION' AND job.state = 'SUCCEEDED'
     ORDER BY job.instance_id, job.created_at DESC`,
    [at],
  );
  let dropped = 0;
  for (const { operationId, epoch, input } of z.array(due).parse(rows)) {
    if (signal.aborted) break;
    const { run, closeAll } = openRun(
      surroundings,
      { isMine: () => Promise.resolve(true), guarded: (work) => inTransaction(pool, work) },
      { operationId, epoch, input },
    );
    try {
      await dropTenant(run);
      dropped += 1;
      log.info(
        { instanceId: input.instanceId, operationId },
        'the data of a decommissioned instance are gone',
      );
    } catch (error) {
      log.error({ err: error, instanceId: input.instanceId, operationId }, 'data could not be dropped');
    } finally {
      await closeAll();
    }
  }
  return `dropped the data of ${dropped} of ${rows.length} instances`;
}
