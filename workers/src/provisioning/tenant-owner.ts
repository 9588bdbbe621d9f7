import { PermanentError } from '@farutech/kernel/errors';
import type pg from 'pg';
import { rollback } from './move/as-mover.ts';

export type Ownership = 'ours' | 'nobody' | 'another';

/**
 * De quién es la base de esta sesión, una propia de un inquilino. Una sin tenant_owner no salió de nuestra
 * plantilla. El dueño también pasa por RLS: para saber si hay otro se mira sin él, contando en el catálogo.
 */
export async function ownershipOf(client: pg.Client, instanceId: string): Promise<Ownership> {
  const { rows: table } = await client.query<{ known: boolean }>(
    `SELECT to_regclass('tenant_owner') IS NOT NULL AS known`,
  );
  if (table[0]?.known !== true) return 'another';
  if (await isRegistered(client, instanceId)) return 'ours';
  // tenant_gate no lleva RLS y se escribe a la vez que el dueño.
  const { rowCount } = await client.query('SELECT 1 FROM tenant_gate WHERE tenant_id <> $1 LIMIT 1', [
    instanceId,
  ]);
  return rowCount === 0 ? 'nobody' : 'another';
}

/** Hace `work` como el inquilino: con RLS forzado, también el dueño de las tablas necesita decir de quién habla. */
export async function asTenant<T>(client: pg.Client, instanceId: string, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    await client.query(`SELECT set_config('app.tenant_id', $1, true)`, [instanceId]);
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await rollback(client, error);
    throw error;
  }
}

/** Una sentencia que entra como él y mira: con asTenant serían cuatro idas y vueltas, y se pregunta en cada paso. */
export async function isRegistered(client: pg.Client, instanceId: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM (SELECT set_config('app.tenant_id', $1, true)::uuid AS id OFFSET 0) AS entered
     CROSS JOIN LATERAL (SELECT 1 FROM tenant_owner WHERE tenant_id = entered.id LIMIT 1) AS mine`,
    [instanceId],
  );
  return rowCount === 1;
}

export const notOurs = (database: string): PermanentError =>
  new PermanentError(
    'DATABASE_NOT_OURS',
    `The database ${database} stands already and belongs to something else. Rename or remove it, then retry.`,
  );
