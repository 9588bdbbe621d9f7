import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { draftMigration } from '../../prisma/src/draft-migration.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { root } from './sources.ts';

let server: TestPostgres;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.close());

describe('schema.prisma y sus migraciones', () => {
  it.each(['catalog', 'tenancy', 'subscription', 'identity', 'workers', 'tenant'])(
    '%s: dicen lo mismo',
    async (room) => {
      const url = await server.createDatabase(`schema_${room}`);

      expect(await draftMigration(url, join(root, 'prisma', room), 'nada')).toBeUndefined();
    },
  );

  it('lo que el esquema dice de más es la migración que falta, y solo eso', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'farutech-schema-'));
    try {
      cpSync(join(root, 'prisma/catalog'), folder, { recursive: true });
      const file = join(folder, 'schema.prisma');
      writeFileSync(file, `${readFileSync(file, 'utf8')}\nmodel Zone {\n  code String @id\n}\n`);
      const url = await server.createDatabase('schema_zone');

      const draft = await draftMigration(url, folder, 'zone');

      expect(draft?.name).toMatch(/^\d{14}_zone$/);
      const statements = draft?.script
        .replace(/^--.*$/gm, '')
        .trim()
        .split(/;\s*/)
        .filter(Boolean);
      expect(statements).toEqual([expect.stringMatching(/^CREATE TABLE "Zone" \(\s+"code" TEXT NOT NULL/)]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
