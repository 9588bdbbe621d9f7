import { promises as files } from 'node:fs';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { startTestPostgres, type TestPostgres } from '../../../tests/support/postgres.ts';
import { askRun, readSchedule } from './ask-run.ts';
import { type RunningSchedule, type ScheduleOptions, startSchedule } from './start-schedule.ts';
import type { ScheduledTask } from './task.ts';

const table = new URL(
  '../../../prisma/catalog/migrations/20260103000009_schedule/migration.sql',
  import.meta.url,
);
const silent = { debug() {}, info() {}, warn() {}, error() {} };

let postgres: TestPostgres;
let url: string;
let db: pg.Client;
const open: RunningSchedule[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
  url = await postgres.createDatabase('reloj');
  db = new pg.Client({ connectionString: url });
  await db.connect();
  await db.query(await files.readFile(table, 'utf8'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  await db.query('TRUNCATE schedule');
});
afterAll(async () => {
  await db.end();
  await postgres.close();
});

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Un reloj que solo avanza cuando alguien duerme, hasta `until`; después se queda quieto. */
function fastTime(from: string, until: string) {
  let now = Date.parse(from);
  const end = Date.parse(until);
  let over: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  return {
    ended,
    clock: () => new Date(now),
    async sleep(ms: number, signal: AbortSignal) {
      if (now + ms < end) {
        now += ms;
        return;
      }
      over();
      await aborted(signal);
    },
  };
}

type Time = Pick<ScheduleOptions, 'clock' | 'sleep'>;
const ownTime: Time = { clock: () => new Date() };

function start(tasks: readonly ScheduledTask[], time: Time = ownTime, more: Partial<ScheduleOptions> = {}) {
  const schedule = startSchedule({ connectionString: url, tasks, log: silent, ...time, ...more });
  open.push(schedule);
  return schedule;
}

const task = (name: string, cron: string, run: ScheduledTask['run']): ScheduledTask => ({
  name,
  cron,
  summary: `lo que hace ${name}`,
  run,
});

const rowOf = async (name: string) => {
  const row = (await readSchedule(url)).find((one) => one.name === name);
  if (row === undefined) throw new Error(`no hay ${name}`);
  return row;
};

/** Hasta que la fila está, y entonces la deja como si esto tocara ya. */
const due = (name: string, since = '1 second') =>
  eventually(async () => {
    const { rowCount } = await db.query(
      `UPDATE schedule SET next_due = now() - $2::interval WHERE name = $1`,
      [name, since],
    );
    expect(rowCount).toBe(1);
  });

describe('el reloj', () => {
  it('en un año pasa lo que tenía que pasar, ni una vez más, en su instante', async () => {
    const at = { diaria: [] as string[], mensual: [] as string[], anual: [] as string[] };
    const noted =
      (name: keyof typeof at): ScheduledTask['run'] =>
      async (when) => {
        at[name].push(when.toISOString());
        return 'hecho';
      };
    const time = fastTime('2027-12-31T12:00:00.000Z', '2028-12-31T12:00:00.000Z');
    start(
      [
        task('diaria', '30 3 * * *', noted('diaria')),
        task('mensual', '0 0 29 * *', noted('mensual')),
        task('anual', '0 0 29 2 *', noted('anual')),
      ],
      time,
    );

    await time.ended;

    expect(at.diaria).toHaveLength(366);
    expect(at.diaria.every((when) => when.endsWith('T03:30:00.000Z'))).toBe(true);
    expect(new Set(at.diaria).size).toBe(366);
    expect(at.mensual).toHaveLength(12);
    expect(at.anual).toEqual(['2028-02-29T00:00:00.000Z']);
    expect(await rowOf('diaria')).toMatchObject({ runs: 366, failures: 0, lastOutcome: 'DONE' });
  }, 30_000);

  it('por muchas réplicas que haya, cada vez se hace una vez', async () => {
    const seen: number[] = [];
    const each = task('cada-segundo', '* * * * * *', async (at) => {
      seen.push(Math.floor(at.getTime() / 1_000));
      return 'hecho';
    });
    for (let replica = 0; replica < 4; replica += 1) start([each]);

    await eventually(() => expect(seen.length).toBeGreaterThanOrEqual(3));

    expect(new Set(seen).size).toBe(seen.length);
    await eventually(async () => expect((await rowOf('cada-segundo')).runs).toBe(seen.length));
  });

  it('tras una semana sin nadie se pone al día con una sola vez, y sigue a su hora', async () => {
    const seen: Date[] = [];
    const hourly = task('cada-hora', '0 * * * *', async (at) => {
      seen.push(at);
      return 'hecho';
    });
    const before = start([hourly]);
    await due('cada-hora', '7 days');
    await eventually(() => expect(seen).toHaveLength(1));
    await before.close();

    start([hourly]);

    const { nextDue, runs } = await rowOf('cada-hora');
    expect(runs).toBe(1);
    expect(nextDue.getTime()).toBeGreaterThan(Date.now());
    expect(nextDue.getTime()).toBeLessThanOrEqual(Date.now() + 3_600_000);
  });

  it('si cambia de horario, la próxima vez es del nuevo; si no, la que había se respeta', async () => {
    const run = async () => 'hecho';
    const first = start([task('informe', '0 0 1 1 *', run)]);
    await eventually(async () => expect((await rowOf('informe')).cron).toBe('0 0 1 1 *'));
    await first.close();
    const planned = '2031-01-01T00:00:00.000Z';
    await db.query('UPDATE schedule SET next_due = $1', [planned]);

    const same = start([task('informe', '0 0 1 1 *', run)]);
    await same.close();
    expect((await rowOf('informe')).nextDue.toISOString()).toBe(planned);
    start([task('informe', '0 * * * *', run)]);

    await eventually(async () =>
      expect((await rowOf('informe')).nextDue.getTime()).toBeLessThanOrEqual(Date.now() + 3_600_000),
    );
  });

  it('lo que falla consta, con su error, y se intenta a la siguiente', async () => {
    let calls = 0;
    start([
      task('frágil', '* * * * * *', async () => {
        calls += 1;
        if (calls === 1) throw new Error('no hay papel');
        return 'impreso';
      }),
    ]);

    await eventually(async () =>
      expect(await rowOf('frágil')).toMatchObject({
        lastOutcome: 'FAILED',
        lastError: 'no hay papel',
        failures: 1,
      }),
    );
    await eventually(async () =>
      expect(await rowOf('frágil')).toMatchObject({
        lastOutcome: 'DONE',
        lastResult: 'impreso',
        failures: 0,
      }),
    );
  });

  it('al cerrar se espera a lo que está en marcha, que se entera', async () => {
    let finished = false;
    let told = false;
    const schedule = start([
      task('lenta', '0 0 1 1 *', async (_at, signal) => {
        await aborted(signal);
        told = true;
        await new Promise((resolve) => setTimeout(resolve, 100));
        finished = true;
        return 'a medias';
      }),
    ]);
    await due('lenta');
    await eventually(async () => expect((await rowOf('lenta')).runningSince).not.toBeNull());

    await schedule.close();

    expect([told, finished]).toEqual([true, true]);
    expect(await rowOf('lenta')).toMatchObject({ lastResult: 'a medias', runningSince: null, runs: 1 });
  });

  it('el cerrojo de un proceso parado acaba solo, y otro empieza de nuevo', async () => {
    const stopped = new pg.Client({ connectionString: url, options: '-c idle_session_timeout=600' });
    const ended = new Promise<void>((resolve) => stopped.on('error', () => resolve()));
    await stopped.connect();
    await stopped.query(`SELECT pg_advisory_lock(4207, hashtext('parada'))`);
    let runs = 0;
    start([
      task('parada', '0 0 1 1 *', async () => {
        runs += 1;
        return 'hecho';
      }),
    ]);
    await due('parada');
    await ended;

    await eventually(() => expect(runs).toBe(1));
  });

  it('quien pierde su sesión a medias no da nada por hecho: la vez se repite', async () => {
    let runs = 0;
    start([
      task('cortada', '0 0 1 1 *', async (_at, signal) => {
        runs += 1;
        if (runs === 1) {
          await db.query(
            `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 4207`,
          );
          await aborted(signal);
        }
        return `vez ${runs}`;
      }),
    ]);
    await due('cortada');

    await eventually(async () =>
      expect(await rowOf('cortada')).toMatchObject({ lastResult: 'vez 2', runs: 1 }),
    );
  });

  it('lo que mata tres veces a quien lo hace se deja para la siguiente', async () => {
    let runs = 0;
    start([
      task('mortal', '0 0 1 1 *', async () => {
        runs += 1;
        return 'hecho';
      }),
    ]);
    await eventually(() => rowOf('mortal'));
    await db.query(`UPDATE schedule SET attempts = 3, next_due = now() - interval '1 second'`);

    await eventually(async () => expect((await rowOf('mortal')).lastOutcome).toBe('FAILED'));
    expect(runs).toBe(0);
    const row = await rowOf('mortal');
    expect(row.lastError).toContain('3 processes died');
    expect(row.nextDue.getTime()).toBeGreaterThan(Date.now());
  });
});

describe('pedirla a mano', () => {
  const limits = { takeUpMs: 5_000, finishMs: 10_000 };

  it('se hace ya, se sabe qué hizo, y su hora sigue siendo la que era', async () => {
    start([task('limpieza', '0 0 1 1 *', async () => '3 filas')]);
    const { nextDue } = await eventually(() => rowOf('limpieza'));

    const answer = await askRun(url, 'limpieza', limits);

    expect(answer).toMatchObject({
      kind: 'ran',
      row: { lastOutcome: 'DONE', lastResult: '3 filas', runs: 1 },
    });
    expect((await rowOf('limpieza')).nextDue).toEqual(nextDue);
  });

  it('si nadie la toma, lo dice y la retira: quien arranque después no la hace', async () => {
    const first = start([task('limpieza', '0 0 1 1 *', async () => 'hecho')]);
    await eventually(() => rowOf('limpieza'));
    await first.close();

    expect(await askRun(url, 'limpieza', { takeUpMs: 200, finishMs: 1_000 })).toEqual({ kind: 'nobody' });
    const { asked, answered } = await rowOf('limpieza');
    expect(answered).toBe(asked);
    expect(await askRun(url, 'otra', limits)).toEqual({ kind: 'unknown' });
  });
});
