import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { migrate } from '@farutech/prisma/migrate';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { startTestPostgres } from '../../../tests/support/postgres.ts';
import { demandDistinctCodes } from './domain/product-manifest.ts';
import { parseManifest } from './graphql/parse-manifest.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const foldersIn = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
const folders = foldersIn(`${root}products`);
const manifestOf = (folder: string) =>
  parseManifest(JSON.parse(readFileSync(`${root}products/${folder}/product.json`, 'utf8')));

describe('los productos que se venden', () => {
  it('son los cinco', () => {
    expect(folders).toEqual(
      expect.arrayContaining([
        'farutech-crm',
        'farutech-erp',
        'farutech-hcm',
        'farutech-pos',
        'farutech-vet',
      ]),
    );
  });

  it.each(folders)('%s está completo y cuadra', (folder) => {
    const manifest = manifestOf(folder);
    demandDistinctCodes(manifest);
    const features = manifest.modules.flatMap((module) => module.features.map(({ code }) => code));
    const prefix = manifest.code.replace('FARUTECH_', '');

    expect(manifest.code).toBe(folder.toUpperCase().replaceAll('-', '_'));
    expect(manifest.modules.length).toBeGreaterThanOrEqual(3);
    expect(features.length).toBeGreaterThanOrEqual(12);
    expect(manifest.plans.map(({ code }) => code)).toEqual(
      ['BASIC', 'PROFESSIONAL', 'ENTERPRISE'].map((kind) => `${prefix}_${kind}`),
    );
    expect(manifest.plans.map(({ type }) => type)).toEqual(['STANDARD', 'PROFESSIONAL', 'ENTERPRISE']);
    for (const plan of manifest.plans) {
      expect(features).toEqual(expect.arrayContaining([...plan.includedFeatures]));
    }
  });

  it('un código de plan es de un solo producto', () => {
    const codes = folders.flatMap((folder) => manifestOf(folder).plans.map(({ code }) => code));

    expect(new Set(codes).size).toBe(codes.length);
  });

  it('VET_PROFESSIONAL incluye BATCH_CONTROL y VET_BASIC no', () => {
    const included = new Map(
      manifestOf('farutech-vet').plans.map((plan) => [String(plan.code), plan.includedFeatures]),
    );

    expect(included.get('VET_PROFESSIONAL')).toContain('BATCH_CONTROL');
    expect(included.get('VET_BASIC')).not.toContain('BATCH_CONTROL');
  });
});

describe('las tablas de los productos', () => {
  const migrationsOf = (folder: string): string => `${root}products/${folder}/migrations`;

  it('cada migración se llama de una sola manera en todos ellos', () => {
    const names = folders.flatMap((folder) => foldersIn(migrationsOf(folder)));

    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(folders.length);
  });

  it('caben todas en la base compartida, y ninguna queda fuera de la pared entre inquilinos', async () => {
    const postgres = await startTestPostgres();
    const url = await postgres.createDatabase('tenants');
    const client = new pg.Client({ connectionString: url });
    try {
      const base = `${root}prisma/tenant/migrations`;
      await migrate(url, [base]);
      await client.connect();
      const tables = async (): Promise<Map<string, boolean>> => {
        const { rows } = await client.query<{ name: string; walled: boolean }>(`
          SELECT c.relname AS name, c.relforcerowsecurity AND EXISTS (
            SELECT 1 FROM pg_policy WHERE polrelid = c.oid AND polname = 'tenant_isolation') AS walled
          FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`);
        return new Map(rows.map(({ name, walled }) => [name, walled]));
      };
      const common = await tables();

      // Dos productos con una tabla del mismo nombre fallarían aquí, y en la base compartida de verdad.
      await migrate(url, [base, ...folders.map(migrationsOf)]);

      const added = [...(await tables())].filter(([name]) => !common.has(name));
      expect(added.length).toBeGreaterThanOrEqual(3 * folders.length - 1);
      expect(added.filter(([, walled]) => !walled)).toEqual([]);
    } finally {
      await client.end();
      await postgres.close();
    }
  });
});
