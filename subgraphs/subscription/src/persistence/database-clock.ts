import type { Clock } from '@farutech/kernel/clock';
import type { PrismaClient } from '@farutech/prisma/subscription';

const roundTrips = 9;
const everyMs = 30_000;

/** La hora de PostgreSQL. Cortada al milisegundo: nunca va por delante. */
export async function databaseNow(prisma: PrismaClient): Promise<Date> {
  const [row] = await prisma.$queryRaw<readonly { now: Date }[]>`SELECT pg_catalog.clock_timestamp() AS now`;
  if (row === undefined) throw new TypeError('PostgreSQL no dijo la hora');
  return row.now;
}

interface DatabaseClock {
  readonly now: Clock;
  close(): void;
}

interface DatabaseClockOptions {
  readonly prisma: PrismaClient;
  /** No se pudo preguntar: sigue con lo que sabía, y vuelve a preguntar a los 30 s. */
  onError(error: unknown): void;
}

/**
 * La hora de PostgreSQL sin preguntarla cada vez: las réplicas coinciden en qué instante es aunque sus relojes
 * no. De nueve idas y vueltas vale la más corta, que se equivoca como mucho en la mitad de lo que tardó; entre
 * preguntas cuenta el reloj monótono, al que nadie cambia la hora.
 */
export async function openDatabaseClock({ prisma, onError }: DatabaseClockOptions): Promise<DatabaseClock> {
  let offset = Date.now() - performance.now();

  async function ask(): Promise<void> {
    let shortest = Number.POSITIVE_INFINITY;
    let best = offset;
    for (let trip = 0; trip < roundTrips; trip += 1) {
      const before = performance.now();
      const told = Number(await databaseNow(prisma));
      const after = performance.now();
      if (after - before >= shortest) continue;
      shortest = after - before;
      best = told - (before + after) / 2;
    }
    offset = best;
  }

  await ask().catch(onError);
  const timer = setInterval(() => void ask().catch(onError), everyMs).unref();
  return {
    now: () => new Date(offset + performance.now()),
    close: () => clearInterval(timer),
  };
}
