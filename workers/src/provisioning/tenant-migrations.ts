import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Las migraciones que le tocan a una base: las de todo inquilino y las de sus productos. */
export interface MigrationSet {
  readonly folders: readonly string[];
  /** Como quedan en `_prisma_migrations`. */
  readonly names: readonly string[];
  /** Cambia si cambia una letra de cualquiera de ellas. */
  readonly hash: string;
}

export interface TenantMigrations {
  /** Un producto sin carpeta (nacido por la API) tiene las de todo inquilino y ninguna más. */
  of(productCode: string): MigrationSet;
  /** La base compartida sirve a todos los productos a la vez. */
  readonly all: MigrationSet;
}

const subfolders = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();

function readSet(folders: readonly string[]): MigrationSet {
  const digest = createHash('sha256');
  const names: string[] = [];
  for (const folder of folders) {
    for (const name of subfolders(folder)) {
      names.push(name);
      digest
        .update(`${name}\0`)
        .update(readFileSync(join(folder, name, 'migration.sql')))
        .update('\0');
    }
  }
  if (new Set(names).size !== names.length) {
    throw new TypeError(`dos carpetas de migraciones se llaman igual: ${names.toSorted().join(', ')}`);
  }
  return { folders, names, hash: digest.digest('hex') };
}

const manifest = z.object({ code: z.string() });

/** Un producto se pide por su código, y su carpeta lo dice en su manifiesto. */
const codeOf = (folder: string): string =>
  manifest.parse(JSON.parse(readFileSync(join(folder, 'product.json'), 'utf8'))).code;

/** Se leen una vez, al arrancar: las que lleguen después vienen con otra versión del programa. */
export function readTenantMigrations(baseDir: string, productsDir: string): TenantMigrations {
  const withTables = new Map(
    (existsSync(productsDir) ? subfolders(productsDir) : [])
      .map((name) => join(productsDir, name))
      .filter((folder) => existsSync(join(folder, 'migrations')))
      .map((folder) => [codeOf(folder), join(folder, 'migrations')] as const),
  );
  const base = readSet([baseDir]);
  const sets = new Map([...withTables].map(([code, folder]) => [code, readSet([baseDir, folder])]));
  return {
    of: (productCode) => sets.get(productCode) ?? base,
    all: readSet([baseDir, ...withTables.values()]),
  };
}
