import pg from 'pg';
import { asMover } from './as-mover.ts';
import { exclusively, untilNobodyIsInside } from './gate.ts';
import { quoted, type TenantTable, tenantTables } from './tables.ts';

const batchRows = 5_000;

/**
 * Se deja de anotar: la casa queda como cualquier otra. Con el torno, para que nadie anote después; lo anotado se
 * borra ya sin él y por lotes, que en un traslado sin confirmar pueden ser millones. Si otro traslado empezara a
 * anotar, lo suyo no se toca: la puerta ya no dice OPEN.
 */
export async function stopLogging(client: pg.ClientBase, tenantId: string): Promise<void> {
  await exclusively(client, tenantId, async () => undefined, {
    asking: [
      `UPDATE tenant_gate SET state = 'OPEN' WHERE tenant_id = ${pg.escapeLiteral(tenantId)} AND state = 'LOGGING'`,
    ],
  });
  for (;;) {
    const { rowCount } = await client.query(
      `DELETE FROM tenant_change WHERE id = ANY (ARRAY(SELECT id FROM tenant_change WHERE tenant_id = $1
         AND EXISTS (SELECT FROM tenant_gate WHERE tenant_id = $1 AND state = 'OPEN') LIMIT ${batchRows}))`,
      [tenantId],
    );
    if ((rowCount ?? 0) < batchRows) return;
  }
}

const deleteSome = async (
  client: pg.ClientBase,
  tenantId: string,
  { name }: TenantTable,
  limit: string,
): Promise<number> => {
  const table = quoted(name);
  const { rowCount } = await client.query(
    `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE tenant_id = $1 LIMIT ${limit}))`,
    [tenantId],
  );
  return rowCount ?? 0;
};

const pointedAt = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === '23503';

/**
 * Lo que el inquilino dejó, en lotes cortos: borrar un millón de filas de una vez retendría el vacío de las de todos.
 * La tabla a la que otra apunta espera a que la otra se vacíe; si se apuntan en círculo, todas de una vez.
 */
export async function deleteTenantRows(
  client: pg.ClientBase,
  tenantId: string,
  tables: readonly TenantTable[],
): Promise<number> {
  await untilNobodyIsInside(client, tenantId);
  const left = [...tables];
  let deleted = 0;
  let waiting = 0;
  for (let table = left.shift(); table !== undefined; table = left.shift()) {
    const current = table;
    try {
      const gone = await asMover(client, tenantId, () =>
        deleteSome(client, tenantId, current, `${batchRows}`),
      );
      deleted += gone;
      waiting = 0;
      if (gone === batchRows) left.unshift(current);
    } catch (error) {
      if (!pointedAt(error)) throw error;
      left.push(current);
      waiting += 1;
      if (waiting < left.length) continue;
      await asMover(client, tenantId, async () => {
        for (const one of left.splice(0)) deleted += await deleteSome(client, tenantId, one, 'ALL');
      });
    }
  }
  return deleted;
}

/** Lo que consta de un inquilino en una base, además de sus filas; con `pointer` se queda la puerta, que señala adónde fue. */
const records = {
  gone: ['tenant_change', 'tenant_gate', 'tenant_owner'],
  pointer: ['tenant_change', 'tenant_owner'],
} as const;

/** Un inquilino deja una base compartida: sus filas, y lo que de él consta. Devuelve cuántas filas eran. */
export async function leaveDatabase(
  client: pg.ClientBase,
  tenantId: string,
  leaving: keyof typeof records,
): Promise<number> {
  const deleted = await deleteTenantRows(client, tenantId, await tenantTables(client));
  await asMover(client, tenantId, async () => {
    for (const table of records[leaving]) {
      await client.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [tenantId]);
    }
  });
  return deleted;
}
