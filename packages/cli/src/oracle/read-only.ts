import pg from 'pg';

const connectTimeoutMs = 3_000;

export type Ask = <Row extends pg.QueryResultRow>(
  sql: string,
  params?: readonly unknown[],
) => Promise<readonly Row[]>;

// Una foto de una base: lo que se pregunta se responde como estaba al empezar, y no se escribe nada.
export async function readOnly<T>(connectionString: string, work: (ask: Ask) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: 'oracle',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await work(async (sql, params = []) => (await client.query(sql, [...params])).rows);
  } finally {
    await client.end();
  }
}
