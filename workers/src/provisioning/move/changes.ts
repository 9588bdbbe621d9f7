import pg from 'pg';
import { askAll } from './ask-all.ts';
import type { Move } from './move.ts';
import { deleteByKey, insertRows, listed, readByKey } from './rows.ts';
import type { TenantTable } from './tables.ts';

const batchKeys = 2_000;

/** Lo anotado de una tabla. */
export interface Note {
  readonly tbl: string;
  readonly ids: readonly string[];
  readonly keys: readonly string[];
}

/** Lo que ha cambiado en una tabla: claves, y las filas que las tienen ahora. */
interface Changed {
  readonly table: TenantTable;
  readonly keys: readonly string[];
  readonly rows: readonly string[];
}

export interface Changes {
  /** Lo anotado que se vio. Nunca «los mayores que el último»: los números no van en el orden en que se confirman. */
  readonly ids: readonly string[];
  readonly changed: readonly Changed[];
}

function chunks<T>(all: readonly T[]): readonly (readonly T[])[] {
  const some: (readonly T[])[] = [];
  for (let from = 0; from < all.length; from += batchKeys) some.push(all.slice(from, from + batchKeys));
  return some;
}

export const notesOf = (tenantId: string): string =>
  `SELECT tbl, array_agg(id::text) AS ids, array_agg(DISTINCT pk::text) AS keys FROM tenant_change
   WHERE tenant_id = ${pg.escapeLiteral(tenantId)} GROUP BY tbl`;

/** En la transacción del origen en que se leyó lo anotado: sus filas, de la misma instantánea o con todo detenido. */
export async function readChanges(
  { tenantId, source, tables }: Move,
  notes: readonly Note[],
): Promise<Changes> {
  const asked = notes.flatMap(({ tbl, keys }) => {
    const table = tables.find(({ name }) => name === tbl);
    // Una tabla sin la puerta no anota; una que la otra base no tiene no tiene filas de este inquilino.
    if (table === undefined) throw new TypeError(`se anotó un cambio en ${tbl}, que no se mueve`);
    return chunks(keys).map((some) => ({ table, keys: some }));
  });
  const found = await askAll(
    source.client,
    asked.map(({ table, keys }) => readByKey(tenantId, table, keys)),
  );
  return {
    ids: notes.flatMap(({ ids }) => ids),
    changed: asked.map((one, index) => ({ ...one, rows: (found[index]?.rows ?? []).map(({ row }) => row) })),
  };
}

/** Quitar esas claves y poner esas filas: da igual el orden, y repetirlo no cambia nada. */
export function* changing(tenantId: string, { changed }: Changes): Generator<string> {
  for (const { table, keys } of changed) yield deleteByKey(tenantId, table, keys);
  for (const { table, rows } of changed) {
    if (rows.length > 0) yield insertRows(table, pg.escapeLiteral(listed(rows)));
  }
}
