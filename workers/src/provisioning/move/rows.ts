import type pg from 'pg';
import { quoted, type TenantTable } from './tables.ts';

/**
 * Una fila viaja como una lista de textos, los que PostgreSQL escribe y lee de cada tipo: exacta para todos. Como
 * objeto JSON no lo sería (un jsonb `null` volvería como NULL) y COPY no entra donde hay RLS.
 */
const textsOf = ({ columns }: TenantTable): string =>
  columns
    .filter(({ computed }) => !computed)
    .map(({ name }) => `x.${quoted(name)}::text`)
    .join(', ');

export const rowOf = (table: TenantTable): string => `to_jsonb(ARRAY[${textsOf(table)}])::text AS row`;

const keyed = ({ key }: TenantTable): string =>
  key.map((name) => `x.${quoted(name)} = k.${quoted(name)}`).join(' AND ');

/** Las claves anotadas, como filas con sus tipos. */
function keysAs({ key, columns }: TenantTable): string {
  const typeOf = new Map(columns.map(({ name, type }) => [name, type]));
  const list = key.map((name) => `${quoted(name)} ${typeOf.get(name) ?? 'text'}`);
  return `jsonb_to_recordset($2::jsonb) AS k (${list.join(', ')})`;
}

/** Las filas que hoy tienen estas claves; las que faltan ya no están. */
export async function readByKey(
  client: pg.ClientBase,
  tenantId: string,
  table: TenantTable,
  keys: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await client.query<{ row: string }>(
    `SELECT ${rowOf(table)} FROM ${keysAs(table)} JOIN ${quoted(table.name)} x ON ${keyed(table)}
     WHERE x.tenant_id = $1`,
    [tenantId, `[${keys.join()}]`],
  );
  return rows.map(({ row }) => row);
}

export async function deleteByKey(
  client: pg.ClientBase,
  tenantId: string,
  table: TenantTable,
  keys: readonly string[],
): Promise<void> {
  await client.query(
    `DELETE FROM ${quoted(table.name)} x USING ${keysAs(table)} WHERE ${keyed(table)} AND x.tenant_id = $1`,
    [tenantId, `[${keys.join()}]`],
  );
}

export async function insertRows(
  client: pg.ClientBase,
  table: TenantTable,
  rows: readonly string[],
): Promise<void> {
  if (rows.length === 0) return;
  const stored = table.columns.filter(({ computed }) => !computed);
  const names = stored.map(({ name }) => quoted(name)).join(', ');
  const values = stored.map(({ type }, index) => `(given ->> ${index})::${type}`).join(', ');
  await client.query(
    `INSERT INTO ${quoted(table.name)} (${names}) OVERRIDING SYSTEM VALUE
     SELECT ${values} FROM jsonb_array_elements($1::jsonb) AS given`,
    [`[${rows.join()}]`],
  );
}
