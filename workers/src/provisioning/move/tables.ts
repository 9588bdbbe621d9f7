import { PermanentError } from '@farutech/kernel/errors';
import pg from 'pg';
import { z } from 'zod';

const columnRow = z.object({ name: z.string(), type: z.string(), computed: z.boolean() });

const tableRow = z.object({
  name: z.string(),
  columns: z.array(columnRow).readonly(),
  key: z.array(z.string()).readonly(),
  /** Las columnas que su disparador anota: las de la clave, salvo que alguien la cambiara sin volver a protegerla. */
  logged: z.array(z.string()).readonly(),
  /** Secuencias de las que salen sus números, con la columna que los lleva. */
  sequences: z.array(z.object({ name: z.string(), column: z.string() })).readonly(),
});

/** Una tabla con filas de inquilinos, como está en esta base. */
export type TenantTable = z.output<typeof tableRow>;

export const quoted = pg.escapeIdentifier;

/** Las tablas que se mueven: las que llevan la puerta, que es toda protegida salvo tenant_owner. Por orden de nombre. */
export async function tenantTables(client: pg.ClientBase): Promise<readonly TenantTable[]> {
  const { rows } = await client.query(
    `SELECT c.relname AS name,
       (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
                                          'computed', a.attgenerated <> '') ORDER BY a.attname)
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
       (SELECT json_agg(a.attname ORDER BY k.ord) FROM pg_index i
        CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (num, ord)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num
        WHERE i.indrelid = c.oid AND i.indisprimary AND k.ord <= i.indnkeyatts) AS key,
       to_json(string_to_array(left(encode(t.tgargs, 'escape'), -4), '\\000')) AS logged,
       (SELECT coalesce(json_agg(json_build_object('name', s.name, 'column', s.attname) ORDER BY s.attname), '[]') FROM (
          SELECT a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname) AS name FROM pg_attribute a
          WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS s WHERE s.name IS NOT NULL) AS sequences
     FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE t.tgname = 'zz_tenant_gate' AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname`,
  );
  return z.array(tableRow).parse(rows);
}

const differ = (what: string): PermanentError =>
  new PermanentError(
    'SCHEMA_DIFFERS',
    `The two databases do not have the same tables: ${what}. Migrate the older one, then move again.`,
  );

const shape = ({ columns, key, logged }: TenantTable): string => JSON.stringify([columns, key, logged]);

/**
 * Las de las dos bases, que han de ser iguales. La compartida sirve a todos los productos: de ella se mueven las
 * que también tiene la propia, y en las demás este inquilino no puede tener filas.
 */
export function commonTables(
  source: readonly TenantTable[],
  target: readonly TenantTable[],
): readonly TenantTable[] {
  const there = new Map(target.map((table) => [table.name, table]));
  const common: TenantTable[] = [];
  for (const table of source) {
    const other = there.get(table.name);
    if (other === undefined) continue;
    if (shape(table) !== shape(other)) throw differ(`${table.name} differs`);
    if (table.key.join() !== table.logged.join()) throw differ(`the key of ${table.name} was changed`);
    common.push(table);
  }
  return common;
}

/** Lo que quedaría atrás: filas de este inquilino en tablas que la otra base no tiene. */
export async function refuseLeftBehind(
  client: pg.ClientBase,
  tenantId: string,
  tables: readonly TenantTable[],
  common: readonly TenantTable[],
): Promise<void> {
  const moved = new Set(common.map(({ name }) => name));
  for (const { name } of tables.filter((table) => !moved.has(table.name))) {
    const { rowCount } = await client.query(`SELECT 1 FROM ${quoted(name)} WHERE tenant_id = $1 LIMIT 1`, [
      tenantId,
    ]);
    if (rowCount !== 0) throw differ(`${name} has rows of the tenant and is missing in the other database`);
  }
}
