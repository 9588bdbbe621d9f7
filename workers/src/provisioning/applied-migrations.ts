import pg from 'pg';

const unknownTable = '42P01';

/** Las que faltan por aplicar en la base de esta sesión, de las que se quieren. Fuera de una transacción. */
export async function missingMigrations(
  client: pg.Client,
  wanted: readonly string[],
): Promise<readonly string[]> {
  try {
    const { rows } = await client.query<{ migration_name: string }>(
      'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
    );
    const applied = new Set(rows.map((row) => row.migration_name));
    return wanted.filter((name) => !applied.has(name));
  } catch (error) {
    // Una base recién creada aún no tiene ni la tabla en que se anotan.
    if (error instanceof pg.DatabaseError && error.code === unknownTable) return wanted;
    throw error;
  }
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
