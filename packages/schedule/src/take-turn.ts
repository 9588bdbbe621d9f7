import type { Clock } from '@farutech/kernel/clock';
import type { Pool } from 'pg';
import { nextDue } from './cron.ts';
import { begin, type Ending, finish } from './rows.ts';
import type { ScheduledTask, ScheduleLog } from './task.ts';

/** El primero de los dos números del cerrojo; el segundo es el resumen del nombre de la tarea. */
const lockClass = 4_207;
/** Quien muere tres veces seguidas en la misma vez no lo va a conseguir: se deja para la siguiente. */
const maxDeaths = 3;

export type Turn =
  | { readonly kind: 'done'; readonly said: string }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Another session has it. */
  | { readonly kind: 'taken' }
  /** Another replica has just done it. */
  | { readonly kind: 'early' };

export interface TurnParts {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly log: ScheduleLog;
  /** The server ends a session that says nothing for this long, and with it the lock of a stopped process. */
  readonly holdMs: number;
}

type Attempt = Extract<Turn, { kind: 'done' | 'failed' }>;

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function attempt(task: ScheduledTask, deaths: number, at: Date, signal: AbortSignal): Promise<Attempt> {
  if (deaths >= maxDeaths) {
    return { kind: 'failed', error: new Error(`${deaths} processes died at it; left for its next time`) };
  }
  try {
    return { kind: 'done', said: await task.run(at, signal) };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

function endingOf(task: ScheduledTask, attempted: Attempt, answered: number, at: Date): Ending {
  // Desde que acaba y no desde que tocaba: lo atrasado se hace una vez, y no una por cada vez perdida.
  const common = { name: task.name, at, nextDue: nextDue(task.cron, at), answered };
  return attempted.kind === 'done'
    ? { ...common, outcome: 'DONE', said: attempted.said }
    : { ...common, outcome: 'FAILED', said: said(attempted.error) };
}

/**
 * Does a task that is due, or asked for, under its lock. The lock lives on a session of its own: it ends with
 * the process, with the connection, or when the server has not heard from it for `holdMs`.
 */
export async function takeTurn(
  { pool, clock, log, holdMs }: TurnParts,
  task: ScheduledTask,
  closing: AbortSignal,
): Promise<Turn> {
  const client = await pool.connect();
  const stop = new AbortController();
  const end = (): void => stop.abort();
  const lost = (error: Error): void => {
    log.warn({ err: error, task: task.name }, 'a scheduled task lost its lock');
    end();
  };
  client.on('error', lost);
  closing.addEventListener('abort', end, { once: true });
  let broken = true;
  let beat: NodeJS.Timeout | undefined;
  try {
    const lock = await client.query<{ mine: boolean }>(
      'SELECT pg_try_advisory_lock($1, hashtext($2)) AS mine',
      [lockClass, task.name],
    );
    if (lock.rows[0]?.mine !== true) {
      broken = false;
      return { kind: 'taken' };
    }
    const at = clock();
    const begun = await begin(client, task.name, at);
    let turn: Turn = { kind: 'early' };
    if (begun !== undefined) {
      beat = setInterval(() => void client.query('SELECT 1').catch(lost), holdMs / 3);
      const attempted = await attempt(task, begun.attempts - 1, at, stop.signal);
      clearInterval(beat);
      await finish(client, endingOf(task, attempted, begun.asked, clock()));
      turn = attempted;
    }
    await client.query('SELECT pg_advisory_unlock($1, hashtext($2))', [lockClass, task.name]);
    broken = false;
    return turn;
  } finally {
    clearInterval(beat);
    closing.removeEventListener('abort', end);
    client.off('error', lost);
    // Rota se tira: su cerrojo acaba con ella.
    client.release(broken);
  }
}
