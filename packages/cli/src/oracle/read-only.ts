import { visitDatabase } from '@farutech/messaging/visit-database';
import type pg from 'pg';

export type Ask = <Row extends pg.QueryResultRow>(
  sql: string,
  params?: readonly unknown[],
) => Promise<readonly Row[]>;

// Una foto de una base: lo que se pregunta se responde como estaba al empezar, y no se escribe nada.
export const readOnly = <T>(connectionString: string, work: (ask: Ask) => Promise<T>): Promise<T> =>
  visitDatabase(connectionString, 'oracle', async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await work(async (sql, params = []) => (await client.query(sql, [...params])).rows);
  });
