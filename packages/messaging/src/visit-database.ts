import pg from 'pg';

const connectTimeoutMs = 5_000;

/** A connection of one's own to a database for one piece of work, ended after it. `name` is shown by the server. */
export async function visitDatabase<T>(
  connectionString: string,
  name: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: name,
  });
  // La consulta que estaba en marcha rechaza con el mismo error.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}
