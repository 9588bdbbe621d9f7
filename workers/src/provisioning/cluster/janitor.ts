import type { Pool } from 'pg';
import type { Cluster, OwnedNamespace } from './cluster.ts';

/**
 * Borra los espacios de nombres nuestros cuya instancia ya no los necesita: lo que creó quien despertó tarde y murió
 * antes de poder quitarlo. Se miran primero los espacios y después su instancia, así que uno recién creado siempre
 * encuentra su reserva; y uno que su dueño tocó entretanto se queda.
 */
export async function janitor(
  cluster: Cluster,
  isLive: (instanceId: string) => Promise<boolean>,
): Promise<readonly OwnedNamespace[]> {
  const removed: OwnedNamespace[] = [];
  for (const found of await cluster.owned()) {
    if (await isLive(found.instanceId)) continue;
    if (await cluster.discard(found)) removed.push(found);
  }
  return removed;
}

/**
 * ¿La instancia necesita su espacio de nombres? No lo necesita la que soltó cuanto tenía reservado y no tiene ninguna
 * operación en marcha. De la que esta base nunca supo no se decide nada: puede ser de otra base.
 */
export const isLiveIn =
  (pool: Pool) =>
  async (instanceId: string): Promise<boolean> => {
    const { rows } = await pool.query<{ live: boolean }>(
      `SELECT NOT EXISTS (SELECT 1 FROM tenant_database WHERE instance_id = $1)
           OR EXISTS (SELECT 1 FROM tenant_database WHERE instance_id = $1 AND released_at IS NULL)
           OR EXISTS (SELECT 1 FROM job WHERE instance_id = $1
                      AND state IN ('RUNNING', 'COMPENSATING', 'AWAITING_CONFIRMATION')) AS live`,
      [instanceId],
    );
    return rows[0]?.live ?? true;
  };
