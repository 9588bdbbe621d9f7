import { TransientError } from '@farutech/kernel/errors';
import type pg from 'pg';
import { rollback } from './as-mover.ts';

/**
 * Los inquilinos que se mueven desde esta base o hacia ella. También los que ya se fueron y guardan aquí el camino
 * de vuelta: su puerta señala a otra base y su dueño sigue escrito, hasta que se confirme.
 */
async function movingTenants(client: pg.ClientBase): Promise<readonly string[]> {
  const { rows: known } = await client.query<{ gate: boolean }>(
    `SELECT to_regclass('tenant_gate') IS NOT NULL AS gate`,
  );
  if (known[0]?.gate !== true) return [];
  try {
    await client.query('BEGIN');
    // Con RLS forzado se pregunta por cada uno en su nombre; el LIMIT impide leer antes de entrar.
    const { rows } = await client.query<{ id: string }>(
      `SELECT tenant_id AS id FROM tenant_gate WHERE state IN ('LOGGING', 'INCOMING')
       UNION ALL
       SELECT g.tenant_id FROM tenant_gate g
       CROSS JOIN LATERAL (SELECT set_config('app.tenant_id', g.tenant_id::text, true) OFFSET 0) AS entered
       CROSS JOIN LATERAL (SELECT 1 FROM tenant_owner o WHERE o.tenant_id = g.tenant_id LIMIT 1) AS kept
       WHERE g.state = 'MOVED' AND g.moved_to IS NOT NULL`,
    );
    await client.query('COMMIT');
    return rows.map(({ id }) => id);
  } catch (error) {
    await rollback(client, error);
    throw error;
  }
}

export const movesUnderWay = 'MOVES_UNDER_WAY';

/** Una migración a mitad de un traslado dejaría las dos bases distintas, y la vuelta sin camino. */
export async function refuseWhileMoving(client: pg.ClientBase): Promise<void> {
  const moving = await movingTenants(client);
  if (moving.length === 0) return;
  throw new TransientError(
    movesUnderWay,
    `The shared database has migrations to come, and waits for the moves of ${moving.join(', ')}. Confirm or revert them.`,
  );
}
