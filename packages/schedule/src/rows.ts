import type { ClientBase, Pool } from 'pg';
import { z } from 'zod';
import { nextDue } from './cron.ts';
import type { ScheduledTask } from './task.ts';

type Queryable = Pick<Pool | ClientBase, 'query'>;

const outcome = z.enum(['DONE', 'FAILED']);

const row = z.object({
  name: z.string(),
  cron: z.string(),
  summary: z.string(),
  nextDue: z.date(),
  runningSince: z.date().nullable(),
  asked: z.int(),
  answered: z.int(),
  runs: z.int(),
  failures: z.int(),
  lastStarted: z.date().nullable(),
  lastFinished: z.date().nullable(),
  lastOutcome: outcome.nullable(),
  lastResult: z.string().nullable(),
  lastError: z.string().nullable(),
});

/** A task as its database remembers it. */
export type ScheduleRow = z.output<typeof row>;

const columns = `name, cron, summary, next_due AS "nextDue", running_since AS "runningSince", asked, answered, runs,
  failures, last_started AS "lastStarted", last_finished AS "lastFinished", last_outcome AS "lastOutcome",
  last_result AS "lastResult", last_error AS "lastError"`;

export async function readRows(db: Queryable): Promise<readonly ScheduleRow[]> {
  const { rows } = await db.query(`SELECT ${columns} FROM schedule ORDER BY name`);
  return z.array(row).parse(rows);
}

export async function readRow(db: Queryable, name: string): Promise<ScheduleRow | undefined> {
  const { rows } = await db.query(`SELECT ${columns} FROM schedule WHERE name = $1`, [name]);
  return z.array(row).parse(rows)[0];
}

/** A new task waits for its first time, and one whose pattern changed for the first of the new ones. */
export async function register(db: Queryable, tasks: readonly ScheduledTask[], now: Date): Promise<void> {
  for (const { name, cron, summary } of tasks) {
    await db.query(
      `INSERT INTO schedule (name, cron, summary, next_due) VALUES ($1, $2, $3, $4)
       ON CONFLICT (name) DO UPDATE SET cron = EXCLUDED.cron, summary = EXCLUDED.summary,
         next_due = CASE WHEN schedule.cron = EXCLUDED.cron THEN schedule.next_due ELSE EXCLUDED.next_due END`,
      [name, cron, summary, nextDue(cron, now)],
    );
  }
}

const begun = z.object({ attempts: z.int(), asked: z.int() });

/** `undefined`: neither its time nor asked for; another replica has just done it. */
export async function begin(
  db: Queryable,
  name: string,
  at: Date,
): Promise<z.output<typeof begun> | undefined> {
  const { rows } = await db.query(
    `UPDATE schedule SET running_since = $2, last_started = $2, attempts = attempts + 1
     WHERE name = $1 AND (next_due <= $2 OR asked > answered) RETURNING attempts, asked`,
    [name, at],
  );
  return z.array(begun).parse(rows)[0];
}

export interface Ending {
  readonly name: string;
  readonly at: Date;
  /** Next time, if the one that was due has been done. */
  readonly nextDue: Date;
  readonly answered: number;
  readonly outcome: z.output<typeof outcome>;
  /** What it did, or why it could not. */
  readonly said: string;
}

export async function finish(db: Queryable, ending: Ending): Promise<void> {
  const { name, at, answered, said } = ending;
  await db.query(
    `UPDATE schedule SET running_since = NULL, attempts = 0, last_finished = $2, answered = $4,
       next_due = CASE WHEN next_due <= $2 THEN $3 ELSE next_due END, runs = runs + 1, last_outcome = $5,
       failures = CASE WHEN $5 = 'DONE' THEN 0 ELSE failures + 1 END,
       last_result = CASE WHEN $5 = 'DONE' THEN $6 ELSE last_result END,
       last_error = CASE WHEN $5 = 'DONE' THEN NULL ELSE $6 END
     WHERE name = $1`,
    [name, at, ending.nextDue, answered, ending.outcome, said],
  );
}
