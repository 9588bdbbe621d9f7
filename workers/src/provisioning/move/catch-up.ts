import { asMover } from './as-mover.ts';
import { holdTarget, type Move } from './move.ts';
import { deleteByKey, insertRows, readByKey } from './rows.ts';
import type { TenantTable } from './tables.ts';

const batchKeys = 2_000;

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

function* chunks<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += batchKeys) yield all.slice(from, from + batchKeys);
}

/** En la transacción del origen que haya abierta: lo anotado y sus filas, de la misma instantánea. */
export async function readChanges({ tenantId, source, tables }: Move): Promise<Changes> {
  const { rows } = await source.client.query<{ ids: string[]; tbl: string; keys: string[] }>(
    `SELECT tbl, array_agg(id::text) AS ids, array_agg(DISTINCT pk::text) AS keys FROM tenant_change
     WHERE tenant_id = $1 GROUP BY tbl`,
    [tenantId],
  );
  const changed: Changed[] = [];
  for (const { tbl, keys } of rows) {
    const table = tables.find(({ name }) => name === tbl);
    // Una tabla sin la puerta no anota; una que la otra base no tiene no tiene filas de este inquilino.
    if (table === undefined) throw new TypeError(`se anotó un cambio en ${tbl}, que no se mueve`);
    const found: string[] = [];
    for (const some of chunks(keys)) found.push(...(await readByKey(source.client, tenantId, table, some)));
    changed.push({ table, keys, rows: found });
  }
  return { ids: rows.flatMap(({ ids }) => ids), changed };
}

/** Quitar esas claves y poner esas filas: da igual el orden, y repetirlo no cambia nada. */
export async function applyChanges({ tenantId, target }: Move, { changed }: Changes): Promise<void> {
  for (const { table, keys, rows } of changed) {
    for (const some of chunks(keys)) await deleteByKey(target.client, tenantId, table, some);
    for (const some of chunks(rows)) await insertRows(target.client, table, some);
  }
}

/** Una vuelta. `meanwhile` mira las dos bases cuando son iguales: el origen, en la instantánea de esta vuelta. */
export async function catchUp(move: Move, meanwhile?: () => Promise<void>): Promise<number> {
  const { tenantId, source, target } = move;
  const ids = await asMover(
    source.client,
    tenantId,
    async () => {
      const changes = await readChanges(move);
      await asMover(target.client, tenantId, async () => {
        await holdTarget(move);
        await applyChanges(move, changes);
      });
      await meanwhile?.();
      return changes.ids;
    },
    'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
  );
  if (ids.length > 0) {
    await source.client.query('DELETE FROM tenant_change WHERE tenant_id = $1 AND id = ANY ($2::bigint[])', [
      tenantId,
      ids,
    ]);
  }
  return ids.length;
}

/** Con menos pendientes el cierre es un instante. */
const fewEnough = 20;
const maxRounds = 50;

/** Vueltas hasta que queda poco: quien escribe más deprisa de lo que se copia solo alarga el cierre. */
export async function catchUpUntilClose(move: Move): Promise<number> {
  let applied = 0;
  for (let round = 1; round <= maxRounds; round += 1) {
    const keys = await catchUp(move);
    applied += keys;
    if (keys < fewEnough) break;
  }
  return applied;
}
