import { asMover } from './as-mover.ts';
import { holdTarget, type Move } from './move.ts';
import { insertRows, listed, rowOf } from './rows.ts';
import { advanceSequences } from './sequences.ts';
import { quoted, type TenantTable } from './tables.ts';

const batchRows = 2_000;
/** Por encima, el lote siguiente trae menos filas: las de varios megas no han de juntarse en memoria. */
const batchBytes = 8 * 1_024 * 1_024;

async function copyTable({ tenantId, source, target }: Move, table: TenantTable): Promise<number> {
  await source.client.query(
    `DECLARE copied NO SCROLL CURSOR FOR SELECT ${rowOf(table)} FROM ${quoted(table.name)} x WHERE x.tenant_id = '${tenantId}'`,
  );
  let copied = 0;
  let size = batchRows;
  for (;;) {
    const { rows } = await source.client.query<{ row: string }>(`FETCH ${size} FROM copied`);
    if (rows.length === 0) break;
    await target.client.query(insertRows(table, '$1'), [listed(rows.map(({ row }) => row))]);
    copied += rows.length;
    const bytes = rows.reduce((sum, { row }) => sum + row.length, 0);
    size = Math.max(1, Math.min(batchRows, Math.floor((rows.length * batchBytes) / bytes)));
  }
  await source.client.query('CLOSE copied');
  return copied;
}

/** Todo lo del inquilino, de una sola instantánea y en una sola transacción: o está entero o no está. */
export async function copyTenant(move: Move): Promise<number> {
  const { tenantId, source, target, tables } = move;
  return await asMover(target.client, tenantId, async () => {
    await holdTarget(move);
    for (const { name } of tables) {
      await target.client.query(`DELETE FROM ${quoted(name)} WHERE tenant_id = $1`, [tenantId]);
    }
    return await asMover(
      source.client,
      tenantId,
      async () => {
        let copied = 0;
        for (const table of tables) copied += await copyTable(move, table);
        await advanceSequences(move);
        return copied;
      },
      'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
    );
  });
}
