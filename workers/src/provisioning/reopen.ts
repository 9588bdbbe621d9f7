import type { Pool } from 'pg';
import type { Order } from './job.ts';
import { inTransaction } from './transaction.ts';

/**
 * La petición ya estaba. Un número más alto reabre, una sola vez, lo que acabó FAILED o COMPENSATED; uno más bajo
 * quedó atrás.
 */
export async function reopen(pool: Pool, order: Order): Promise<'open' | 'older'> {
  return await inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ state: string; request_no: number }>(
      'SELECT state, request_no FROM job WHERE operation_id = $1 FOR UPDATE',
      [order.operationId],
    );
    const [job] = rows;
    if (job === undefined || job.request_no > order.requestNo) return 'older';
    if (job.request_no === order.requestNo) return 'open';
    await tx.query('UPDATE job SET request_no = $2 WHERE operation_id = $1', [
      order.operationId,
      order.requestNo,
    ]);
    if (!['FAILED', 'COMPENSATED'].includes(job.state)) return 'open';
    await tx.query(
      `UPDATE job SET state = 'RUNNING', input = $2, failures = 0, claims = 0, failure = NULL, lease_until = NULL,
           confirmed = confirmed AND state = 'FAILED', finished_at = NULL WHERE operation_id = $1`,
      [order.operationId, order],
    );
    // Tras FAILED se sigue por el primer paso sin hacer; tras COMPENSATED no queda nada hecho.
    await tx.query(
      `UPDATE job_step SET state = 'PENDING', attempt = 0, detail = NULL, started_at = NULL, finished_at = NULL
         WHERE operation_id = $1 AND ($2 OR state IN ('FAILED', 'UNDONE'))`,
      [order.operationId, job.state === 'COMPENSATED'],
    );
    return 'open';
  });
}
