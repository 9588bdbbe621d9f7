import type { PoolClient } from 'pg';

/** Uno a la vez en toda la base, aunque dos repetidores se creyeran líderes. */
const numberingLock = 4_207_002;

/**
 * Gives each committed change of status the next number, densely and serially: the cursor of
 * `tenantInstanceChanged`. Un bigserial no sirve: el commit tardío de un número bajo se perdería. Dentro de una
 * instancia el orden de id es el de sus versiones, porque su fila está bloqueada mientras se escribe.
 */
export async function numberChanges(client: Pick<PoolClient, 'query'>): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [numberingLock]);
  await client.query(`
    UPDATE feed SET change_no = numbered.change_no
    FROM (
      SELECT id, (SELECT coalesce(max(change_no), 0) FROM feed) + row_number() OVER (ORDER BY id) AS change_no
      FROM feed WHERE status_changed AND change_no IS NULL
    ) AS numbered
    WHERE feed.id = numbered.id`);
}
