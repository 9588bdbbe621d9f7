import type pg from 'pg';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly length: number | null;
  readonly label: string | null;
}

// Lo que una fila de relleno lleva donde la prueba no dice otra cosa; `g` es su número, desde 1.
const filler: Readonly<Record<string, string>> = {
  uuid: 'gen_random_uuid()',
  text: "'t' || g",
  bpchar: "'CO'",
  int4: 'g',
  int8: 'g',
  numeric: '1',
  bool: 'true',
  jsonb: "'{}'",
  timestamptz: "now() - g * interval '1 second'",
  _text: "'{}'",
};

/**
 * Llena una tabla con `rows` filas en una sentencia. Las columnas obligatorias que no se nombran se rellenan según
 * su tipo: así una migración nueva no rompe las pruebas que solo necesitan volumen.
 */
export async function fill(
  client: pg.Client,
  table: string,
  rows: number,
  values: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { rows: columns } = await client.query<Column>(
    `SELECT c.column_name AS name, c.udt_name AS type, c.character_maximum_length AS length,
       (SELECT e.enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid
        WHERE t.typname = c.udt_name ORDER BY e.enumsortorder LIMIT 1) AS label
     FROM information_schema.columns c
     WHERE c.table_schema = 'public' AND c.table_name = $1
       AND (c.column_name = ANY($2) OR (c.is_nullable = 'NO' AND c.column_default IS NULL))`,
    [table, Object.keys(values)],
  );
  const expressions = columns.map(({ name, type, length, label }) => {
    const value = values[name] ?? (label === null ? filler[type] : `'${label}'::${type}`);
    if (value === undefined) throw new TypeError(`no sé rellenar ${table}.${name}, de tipo ${type}`);
    return length === null || (type === 'bpchar' && length === 2)
      ? value
      : `left((${value})::text, ${length})`;
  });
  await client.query(
    `INSERT INTO ${table} (${columns.map(({ name }) => `"${name}"`).join(', ')})
     SELECT ${expressions.join(', ')} FROM generate_series(1, ${rows}) AS g`,
  );
  await client.query(`ANALYZE ${table}`);
}

/** El mismo UUID para el mismo nombre y número, aquí y en la base. */
export const idOf = (kind: string, expression: string): string => `md5('${kind}' || (${expression}))::uuid`;
