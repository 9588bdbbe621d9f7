import { type MigrationList, migrationList, openEngine } from './schema-engine.ts';

const filters = { externalTables: [], externalEnums: [] };

/**
 * Aplica a una base las migraciones que le faltan, en orden de nombre. Varias carpetas (la base del inquilino
 * y las de su producto) se funden en una sola lista, que es lo que `prisma migrate deploy` vería.
 */
export async function migrate(databaseUrl: string, folders: readonly string[]): Promise<readonly string[]> {
  const engine = await openEngine(databaseUrl);
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: merged(folders),
      filters,
    });
    return appliedMigrationNames;
  } finally {
    await engine.close();
  }
}

function merged(folders: readonly string[]): MigrationList {
  const [first, ...others] = folders.map(migrationList);
  if (first === undefined) throw new TypeError('hace falta al menos una carpeta de migraciones');
  const migrationDirectories = [first, ...others]
    .flatMap((list) => list.migrationDirectories)
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return { ...first, migrationDirectories };
}
