import pg from 'pg';
import type { StackView } from './stack.ts';

/** Las tres del plano de control y la compartida de los inquilinos. */
const watched = ['catalog', 'tenancy', 'subscription', 'tenants'] as const;

export interface Ledger {
  /** Cada tabla con sus filas y una huella de lo que dicen; de la auditoría, del buzón y del reloj, solo cuántas filas. */
  read(): Promise<Readonly<Record<string, string>>>;
  /** Lo que la auditoría guarda de una petición. */
  auditOf(
    correlationId: string,
  ): Promise<readonly { action: string; outcome: string; code: string | null }[]>;
  /** Mensajes escritos y aún sin enviar: mientras los haya, alguien puede reaccionar a ellos. */
  unsent(): Promise<number>;
  close(): Promise<void>;
}

/**
 * El repetidor escribe en el buzón la hora de envío y numera la auditoría, y el reloj apunta cuándo hizo cada tarea:
 * nada de eso es un cambio.
 */
const counted = new Set(['outbox', 'audit_entry', 'schedule']);

const digestOf = (table: string): string => {
  const name = pg.escapeIdentifier(table);
  const digest = counted.has(table)
    ? `''`
    : `coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '')`;
  return `SELECT ${pg.escapeLiteral(table)} AS table_name, count(*) || ' ' || ${digest} AS told FROM ${name} t`;
};

export async function openLedger(stack: StackView): Promise<Ledger> {
  const { databases } = stack.file();
  const pools = watched.map((name) => {
    const pool = new pg.Pool({ connectionString: databases[name], max: 1 });
    // Un cliente ocioso que se cae al cerrar la pila no es asunto de esta prueba: la siguiente consulta lo diría.
    pool.on('error', () => undefined);
    return { name, pool };
  });
  const controlPlane = pools.filter(({ name }) => name !== 'tenants');
  const queries = await Promise.all(
    pools.map(async ({ name, pool }) => {
      const { rows } = await pool.query<{ tablename: string }>(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'",
      );
      return { name, pool, sql: rows.map(({ tablename }) => digestOf(tablename)).join(' UNION ALL ') };
    }),
  );
  return {
    async read() {
      const told = await Promise.all(
        queries.map(async ({ name, pool, sql }) => {
          const { rows } = await pool.query<{ table_name: string; told: string }>(sql);
          return rows.map((row) => [`${name}.${row.table_name}`, row.told] as const);
        }),
      );
      return Object.fromEntries(told.flat());
    },
    async auditOf(correlationId) {
      const found = await Promise.all(
        controlPlane.map(async ({ pool }) => {
          const { rows } = await pool.query<{ action: string; outcome: string; code: string | null }>(
            'SELECT action, outcome, code FROM audit_entry WHERE correlation_id = $1',
            [correlationId],
          );
          return rows;
        }),
      );
      return found.flat();
    },
    async unsent() {
      const counts = await Promise.all(
        controlPlane.map(async ({ pool }) => {
          const { rows } = await pool.query<{ unsent: number }>(
            'SELECT count(*)::int AS unsent FROM outbox WHERE sent_at IS NULL',
          );
          return rows[0]?.unsent ?? 0;
        }),
      );
      return counts.reduce((sum, one) => sum + one, 0);
    },
    async close() {
      await Promise.all(pools.map(({ pool }) => pool.end()));
    },
  };
}
