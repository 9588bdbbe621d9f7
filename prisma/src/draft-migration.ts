import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrate } from './migrate.ts';
import { migrationList, openEngine } from './schema-engine.ts';

const filters = { externalTables: [], externalEnums: [] };

export interface DraftMigration {
  readonly name: string;
  readonly script: string;
}

/**
 * Lo que lleva de las migraciones de una carpeta a su schema.prisma, sin escribirlo; `undefined` si dicen lo mismo. La
 * base queda con todas aplicadas. TypeError si no sigue las suyas y habría que vaciarla.
 */
export async function draftMigration(
  databaseUrl: string,
  folder: string,
  name: string,
): Promise<DraftMigration | undefined> {
  const migrations = join(folder, 'migrations');
  const migrationsList = migrationList(migrations);
  const engine = await openEngine(databaseUrl);
  const diagnose = async (): Promise<void> => {
    const { action } = await engine.devDiagnostic({ migrationsList, filters });
    if (action.tag === 'reset') throw new TypeError(`la base no sigue sus migraciones: ${action.reason}`);
  };
  try {
    await diagnose();
    await migrate(databaseUrl, [migrations]);
    // Otra vez: createMigration no abre base en la sombra, y toma del diagnóstico la forma de las ya aplicadas.
    await diagnose();
    const content = readFileSync(join(folder, 'schema.prisma'), 'utf8');
    const created = await engine.createMigration({
      // Con `true` escribiría una vacía aunque no hubiera nada que cambiar.
      draft: false,
      migrationName: name,
      migrationsList,
      filters,
      schema: { files: [{ path: 'schema.prisma', content }] },
    });
    const { generatedMigrationName, migrationScript: script } = created;
    return script === null ? undefined : { name: generatedMigrationName, script };
  } finally {
    await engine.close();
  }
}
