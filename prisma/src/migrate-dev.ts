import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { draftMigration } from './draft-migration.ts';

// Escribe la migración que lleva de las migraciones de una base a su schema.prisma:
//   DATABASE_URL=… node --import tsx prisma/src/migrate-dev.ts tenancy añade-zona
const [room = '', name = 'change'] = process.argv.slice(2);
const folder = fileURLToPath(new URL(`../${room}/`, import.meta.url));
const migrations = join(folder, 'migrations');

mkdirSync(migrations, { recursive: true });
const draft = await draftMigration(process.env.DATABASE_URL ?? '', folder, name);
if (draft !== undefined) {
  mkdirSync(join(migrations, draft.name));
  writeFileSync(join(migrations, draft.name, 'migration.sql'), draft.script);
  writeFileSync(join(migrations, 'migration_lock.toml'), 'provider = "postgresql"\n');
}
process.stdout.write(`${draft?.name ?? 'nada que cambiar'}\n`);
// El motor deja armado el reloj de 10 s con que espera su cerrojo; nadie lo va a usar ya.
process.exit();
