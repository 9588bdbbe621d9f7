import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@farutech/prisma/migrate';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../../tests/support/postgres.ts';
import { forgetUnfinished, missingMigrations } from './applied-migrations.ts';

let server: TestPostgres;
let folder: string;
let url: string;
let client: pg.Client;
let count = 0;
beforeAll(async () => {
  server = await startTestPostgres();
});
beforeEach(async () => {
  count += 1;
  folder = await mkdtemp(join(tmpdir(), 'farutech-migrations-'));
  url = await server.createDatabase(`cortada_${count}`);
  client = new pg.Client({ connectionString: url });
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await rm(folder, { recursive: true, force: true });
});
afterAll(() => server?.close());

async function add(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, 'migration.sql'), sql);
}

/** Desde aquí el motor no puede anotar nada que no vaya con el guion: como si muriera al acabarlo. */
const dieAfterTheScript = (name: string): string => `
  CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'cortado'; END $$;
  CREATE TRIGGER cut BEFORE UPDATE OF applied_steps_count ON _prisma_migrations FOR EACH ROW
    WHEN (NEW.migration_name = '${name}') EXECUTE FUNCTION cut()`;

it('muerto con el guion hecho y sin anotar: consta hecho, y otra vez no se repite', async () => {
  await add('1_first', 'CREATE TABLE first (id int)');
  await migrate(url, [folder]);
  await client.query(dieAfterTheScript('2_second'));
  await add('2_second', 'CREATE TABLE second (id int); -- lo último es un comentario');

  await expect(migrate(url, [folder])).rejects.toThrow('cortado');
  await client.query('DROP TRIGGER cut ON _prisma_migrations');

  expect(await missingMigrations(client, ['1_first', '2_second'])).toEqual([]);
  await forgetUnfinished(client);
  expect(await migrate(url, [folder])).toEqual([]);
  await client.query('SELECT FROM second');
});

it('muerto a medio guion: no queda nada de él, y otra vez se hace', async () => {
  await add('1_half', 'CREATE TABLE half (id int); SELECT 1 / 0');
  await expect(migrate(url, [folder])).rejects.toThrow();

  expect(await missingMigrations(client, ['1_half'])).toEqual(['1_half']);
  await writeFile(join(folder, '1_half', 'migration.sql'), 'CREATE TABLE half (id int)');
  await forgetUnfinished(client);

  expect(await migrate(url, [folder])).toEqual(['1_half']);
  expect(await missingMigrations(client, ['1_half'])).toEqual([]);
});
