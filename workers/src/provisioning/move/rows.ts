import pg from 'pg';
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

/** Filas o claves, como un texto JSON. */
export const listed = (texts: readonly string[]): string => `[${texts.join()}]`;

/** Las claves anotadas, como filas con sus tipos. */
function keysAs({ key, columns }: TenantTable, keys: readonly string[]): string {
  const typeOf = new Map(columns.map(({ name, type }) => [name, type]));
  const list = key.map((name) => `${quoted(name)} ${typeOf.get(name) ?? 'text'}`);
  return `jsonb_to_recordset(${pg.escapeLiteral(listed(keys))}::jsonb) AS k (${list.join(', ')})`;
}

/** Las filas que hoy tienen estas claves; las que faltan ya no están. */
export const readByKey = (tenantId: string, table: TenantTable, keys: readonly string[]): string =>
  `SELECT ${rowOf(table)} FROM ${keysAs(table, keys)} JOIN ${quoted(table.name)} x ON ${keyed(table)}
   WHERE x.tenant_id = ${pg.escapeLiteral(tenantId)}`;

export const deleteByKey = (tenantId: string, table: TenantTable, keys: readonly string[]): string =>
  `DELETE FROM ${quoted(table.name)} x USING ${keysAs(table, keys)}
   WHERE ${keyed(table)} AND x.tenant_id = ${pg.escapeLiteral(tenantId)}`;

/** `given`: con qué se escribe la lista de filas, sea un parámetro o ella misma. */
export function insertRows(table: TenantTable, given: string): string {
  const stored = table.columns.filter(({ computed }) => !computed);
  const names = stored.map(({ name }) => quoted(name)).join(', ');
  const values = stored.map(({ type }, index) => `(given ->> ${index})::${type}`).join(', ');
  return `INSERT INTO ${quoted(table.name)} (${names}) OVERRIDING SYSTEM VALUE
    SELECT ${values} FROM jsonb_array_elements(${given}::jsonb) AS given`;
}
