import type pg from 'pg';

/** Las que faltan por aplicar en la base de esta sesión, de las que se quieren. */
export async function missingMigrations(
  client: pg.Client,
  wanted: readonly string[],
): Promise<readonly string[]> {
  const { rows: table } = await client.query<{ known: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS known`,
  );
  if (table[0]?.known !== true) return wanted;
  const { rows } = await client.query<{ migration_name: string }>(
    'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  const applied = new Set(rows.map((row) => row.migration_name));
  return wanted.filter((name) => !applied.has(name));
}

/**
 * Quien muere a media migración la deja empezada y sin acabar, y el motor se niega a seguir. Un guion es una sola
 * transacción: lo que no acabó no dejó nada, y se puede repetir. Solo bajo el cerrojo de quien migra.
 */
export async function forgetUnfinished(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ known: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS known`,
  );
  if (rows[0]?.known !== true) return;
  await client.query(
    'UPDATE _prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL',
  );
}
