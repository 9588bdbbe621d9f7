import { pause } from '@farutech/kernel/pause';
import pg from 'pg';
import { readRow, readRows, type ScheduleRow } from './rows.ts';

const connectTimeoutMs = 3_000;
const lookMs = 100;

async function visit<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: connectTimeoutMs });
  // La consulta que estaba en marcha rechaza con el mismo error.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Every task that a database knows, by name. */
export const readSchedule = (connectionString: string): Promise<readonly ScheduleRow[]> =>
  visit(connectionString, readRows);

export type Answer =
  /** This database knows no such task. */
  | { readonly kind: 'unknown' }
  /** Nobody took it up in time, and now nobody will: the request was withdrawn. */
  | { readonly kind: 'nobody' }
  /** Taken up, and not finished in time; it goes on. */
  | { readonly kind: 'running'; readonly since: Date }
  | { readonly kind: 'ran'; readonly row: ScheduleRow };

export interface AskLimits {
  /** How long to wait for a process to take it up. */
  readonly takeUpMs: number;
  /** How long to wait for its end. */
  readonly finishMs: number;
}

/** Asks the owner's process to run a task now, besides its times, and waits for the outcome. */
export const askRun = (connectionString: string, name: string, limits: AskLimits): Promise<Answer> =>
  visit(connectionString, async (client) => {
    const { rows } = await client.query<{ asked: number }>(
      'UPDATE schedule SET asked = asked + 1 WHERE name = $1 RETURNING asked',
      [name],
    );
    const mine = rows[0]?.asked;
    if (mine === undefined) return { kind: 'unknown' };
    const askedAt = performance.now();
    for (;;) {
      await pause(lookMs);
      const row = await readRow(client, name);
      if (row === undefined) return { kind: 'unknown' };
      if (row.answered >= mine) return { kind: 'ran', row };
      const waited = performance.now() - askedAt;
      if (row.runningSince !== null) {
        if (waited > limits.finishMs) return { kind: 'running', since: row.runningSince };
      } else if (waited > limits.takeUpMs) {
        const withdrawn = await client.query(
          `UPDATE schedule SET answered = GREATEST(answered, $2)
           WHERE name = $1 AND answered < $2 AND running_since IS NULL`,
          [name, mine],
        );
        if (withdrawn.rowCount === 1) return { kind: 'nobody' };
      }
    }
  });
