import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { tenantTables } from './move/tables.ts';
import type { OperationRun } from './step.ts';

interface KeptTable {
  readonly file: string;
  readonly rows: number;
  readonly sha256: string;
}

/** Una tabla a un CSV con cabecera, por COPY: sin pg_dump, y sin que las filas pasen por memoria. */
async function keepTable(client: pg.Client, table: string, tenantId: string, path: string): Promise<string> {
  const digest = createHash('sha256');
  const tee = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      digest.update(chunk);
      done(null, chunk);
    },
  });
  const rows = `SELECT * FROM ${table} WHERE tenant_id = ${pg.escapeLiteral(tenantId)}`;
  const source = client.query(copyTo(`COPY (${rows}) TO STDOUT WITH (FORMAT csv, HEADER true)`));
  await pipeline(source, tee, createWriteStream(path, { mode: 0o600 }));
  return digest.digest('hex');
}

async function keepTables(
  client: pg.Client,
  tenantId: string,
  folder: string,
): Promise<Record<string, KeptTable>> {
  const kept: Record<string, KeptTable> = {};
  for (const { name } of await tenantTables(client)) {
    const table = pg.escapeIdentifier(name);
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table} WHERE tenant_id = $1`,
      [tenantId],
    );
    const file = `${name}.csv`;
    const sha256 = await keepTable(client, table, tenantId, join(folder, file));
    kept[name] = { file, rows: rows[0]?.count ?? 0, sha256 };
  }
  return kept;
}

/**
 * Todas las filas de un inquilino en una carpeta, de un solo instante (REPEATABLE READ). Se escribe aparte y se le da
 * su nombre al final: quien muere a medias no deja nada que parezca un volcado.
 */
export async function dumpTenant(
  run: OperationRun,
  folder: string,
): Promise<{ readonly rows: number; readonly tables: number }> {
  const { instanceId, globalInstanceId, customerId, productCode } = run.input;
  const draft = `${folder}.${run.epoch}.partial`;
  const client = await run.home();
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  let tables: Record<string, KeptTable>;
  let at: string;
  try {
    await client.query(`SELECT set_config('app.tenant_id', $1, true)`, [instanceId]);
    const { rows } = await client.query<{ at: Date }>('SELECT now() AS at');
    at = (rows[0]?.at ?? new Date(Number.NaN)).toISOString();
    tables = await keepTables(client, instanceId, draft);
  } finally {
    await client.query('ROLLBACK');
  }
  const manifest = { instanceId, globalInstanceId, customerId, productCode, tier: run.tier, at, tables };
  await writeFile(join(draft, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`, {
    mode: 0o600,
  });
  await rm(folder, { recursive: true, force: true });
  await rename(draft, folder);
  const kept = Object.values(tables);
  return { rows: kept.reduce((sum, { rows }) => sum + rows, 0), tables: kept.length };
}
