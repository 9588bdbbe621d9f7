import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate } from './migrate.ts';
import { migrationList, openEngine } from './schema-engine.ts';

// Escribe la migración que lleva de las migraciones de una base a su schema.prisma:
//   DATABASE_URL=… node --import tsx prisma/src/migrate-dev.ts tenancy añade-zona
const [room = '', name = 'change'] = process.argv.slice(2);
const folder = fileURLToPath(new URL(`../${room}/`, import.meta.url));
const databaseUrl = process.env.DATABASE_URL ?? '';
const migrations = join(folder, 'migrations');
const filters = { externalTables: [], externalEnums: [] };

mkdirSync(migrations, { recursive: true });
const engine = await openEngine(databaseUrl);
try {
  const { action } = await engine.devDiagnostic({ migrationsList: migrationList(migrations), filters });
  if (action.tag === 'reset') throw new TypeError(`la base no sigue sus migraciones: ${action.reason}`);
  await migrate(databaseUrl, [migrations]);
  const created = await engine.createMigration({
    draft: true,
    migrationName: name,
    migrationsList: migrationList(migrations),
    filters,
    schema: {
      files: [{ path: 'schema.prisma', content: readFileSync(join(folder, 'schema.prisma'), 'utf8') }],
    },
  });
  if (created.migrationScript !== null) {
    const file = join(migrations, created.generatedMigrationName);
    mkdirSync(file);
    writeFileSync(join(file, 'migration.sql'), created.migrationScript);
    writeFileSync(join(migrations, 'migration_lock.toml'), 'provider = "postgresql"\n');
  }
  process.stdout.write(
    `${created.migrationScript === null ? 'nada que cambiar' : created.generatedMigrationName}\n`,
  );
} finally {
  await engine.close();
}
// El motor deja armado el reloj de 10 s con que espera su cerrojo; nadie lo va a usar ya.
process.exit();
