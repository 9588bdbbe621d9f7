import { exponential } from '@farutech/kernel/backoff';
import type { Clock } from '@farutech/kernel/clock';
import { pause } from '@farutech/kernel/pause';
import pg from 'pg';
import { readRows, register } from './rows.ts';
import { takeTurn } from './take-turn.ts';
import type { ScheduledTask, ScheduleLog, ScheduleMetrics } from './task.ts';

/** Lo que tarda en verse lo que se pide a mano. Y nunca se duerme más: setTimeout desborda a los 24,8 días. */
const lookMs = 1_000;
const longestWaitMs = 5_000;
const defaultHoldMs = 15_000;

export interface ScheduleOptions {
  /** The database that holds the table `schedule` of these tasks. */
  readonly connectionString: string;
  readonly tasks: readonly ScheduledTask[];
  readonly clock: Clock;
  readonly log: ScheduleLog;
  readonly metrics?: ScheduleMetrics;
  /** Until the next task, as the clock goes. A second at most by default; a test gives one that moves its clock. */
  sleep?(ms: number, signal: AbortSignal): Promise<void>;
  /** How long a stopped process keeps the lock of its task. 15 s. */
  readonly holdMs?: number;
}

export interface RunningSchedule {
  /** Begins nothing more, and waits for what is running. */
  close(): Promise<void>;
}

/**
 * Runs each task at its times, once however many replicas do this. Times missed while nobody was there are made
 * up for by one run. A task that fails is tried at its next time: its pattern is its patience.
 */
export function startSchedule(options: ScheduleOptions): RunningSchedule {
  const { connectionString, tasks, clock, log, metrics, holdMs = defaultHoldMs } = options;
  const { sleep = (ms, signal) => pause(Math.min(ms, lookMs), signal) } = options;
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  let wake = new AbortController();

  const pool = new pg.Pool({
    connectionString,
    max: tasks.length + 1,
    connectionTimeoutMillis: 5_000,
    // Antes que el servidor: una sesión que él termina sería una queja en el registro.
    idleTimeoutMillis: Math.max(1, holdMs / 3),
    query_timeout: 10_000,
    application_name: 'schedule',
    options: `-c idle_session_timeout=${holdMs}`,
  });
  pool.on('error', (error) => log.warn({ err: error }, 'the schedule lost an idle connection'));
  // También mientras no la tiene nadie: un error sin oyente acabaría con el proceso.
  pool.on('connect', (client) => client.on('error', () => undefined));

  const total = metrics?.counter('farutech_schedule_runs_total', 'Scheduled tasks that ran, by outcome.', [
    'task',
    'outcome',
  ]);
  const seconds = metrics?.histogram('farutech_schedule_seconds', 'What a scheduled task took.', ['task']);

  async function turnOf(task: ScheduledTask): Promise<void> {
    const startedAt = performance.now();
    try {
      const turn = await takeTurn({ pool, clock, log, holdMs }, task, stopping.signal);
      if (turn.kind === 'taken') return await pause(lookMs, stopping.signal);
      if (turn.kind === 'early') return;
      const ms = Math.round(performance.now() - startedAt);
      total?.inc({ task: task.name, outcome: turn.kind });
      seconds?.observe({ task: task.name }, ms / 1_000);
      if (turn.kind === 'done') log.info({ task: task.name, ms, said: turn.said }, 'scheduled task done');
      else log.error({ err: turn.error, task: task.name, ms }, 'scheduled task failed');
    } catch (error) {
      log.error({ err: error, task: task.name }, 'what became of a scheduled task could not be written');
      await pause(lookMs, stopping.signal);
    }
  }

  function start(task: ScheduledTask): void {
    const turn = turnOf(task).finally(() => {
      running.delete(task.name);
      wake.abort();
    });
    running.set(task.name, turn);
  }

  /** Empieza lo que toca. Devuelve cuánto falta para lo siguiente. */
  async function pass(): Promise<number> {
    const rows = new Map((await readRows(pool)).map((row) => [row.name, row]));
    const now = clock();
    let waitMs = Number.POSITIVE_INFINITY;
    for (const task of tasks) {
      const row = rows.get(task.name);
      if (row === undefined || running.has(task.name)) continue;
      if (row.nextDue <= now || row.asked > row.answered) start(task);
      else waitMs = Math.min(waitMs, row.nextDue.getTime() - now.getTime());
    }
    return waitMs;
  }

  async function run(): Promise<void> {
    let registered = false;
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        if (!registered) await register(pool, tasks, clock());
        registered = true;
        wake = new AbortController();
        const waitMs = await pass();
        failures = 0;
        if (running.size > 0) await pause(lookMs, stopping.signal, wake.signal);
        else await sleep(waitMs, stopping.signal);
      } catch (error) {
        failures += 1;
        log.warn({ err: error, failures }, 'the schedule cannot be read; trying on');
        await pause(exponential(failures, 100, longestWaitMs), stopping.signal);
      }
    }
  }
  const looking = run();

  async function end(): Promise<void> {
    stopping.abort();
    await looking;
    await Promise.all(running.values());
    await pool.end();
  }
  let ending: Promise<void> | undefined;

  return {
    close() {
      ending ??= end();
      return ending;
    },
  };
}
