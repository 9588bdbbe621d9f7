import type { PrismaClient } from '@farutech/prisma/subscription';
import { createLogger } from '@farutech/runtime/logger';
import { v7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { startTestPostgres, type TestPostgres } from '../../../../tests/support/postgres.ts';
import { quietLog } from '../../../../tests/support/quiet-log.ts';
import { startDueChanges } from '../consumers/due-changes.ts';
import { PlanSubscription } from '../domain/plan-subscription.ts';
import { deliver } from '../testing/deliver.ts';
import { farutechVet, grupoExito, planFact, vetProfessional } from '../testing/facts.ts';
import {
  emptyTables,
  freshSubscriptionDatabase,
  ignoreLostConnection,
} from '../testing/subscription-database.ts';
import { cancelScheduledChange } from '../use-cases/cancel-scheduled-change.ts';
import { settleNextChange, UnsettledChange } from '../use-cases/settle-next-change.ts';
import { databaseNow, openDatabaseClock } from './database-clock.ts';
import { openPrisma } from './open-prisma.ts';
import { readWaitingChanges } from './queries/waiting-changes.ts';
import { createReaction, createUnitOfWork } from './unit-of-work.ts';

let postgres: TestPostgres;
let databaseUrl: string;
let replicas: readonly PrismaClient[];
let prisma: PrismaClient;
const log = quietLog('due-changes-test');

beforeAll(async () => {
  postgres = await startTestPostgres();
  databaseUrl = await freshSubscriptionDatabase(postgres, 'due');
  replicas = Array.from({ length: 3 }, () => openPrisma({ databaseUrl, onError: ignoreLostConnection }));
  prisma = replicas[0] as PrismaClient;
}, 60_000);
afterAll(async () => {
  await Promise.all(replicas.map((one) => one.$disconnect()));
  await postgres.close();
});
beforeEach(async () => {
  await emptyTables(prisma);
  const clock = () => new Date();
  await deliver(
    { react: createReaction({ prisma, newId: v7, clock }), newId: v7, clock },
    { messageId: 'p', event: planFact() },
  );
});

const parts = (of: PrismaClient) => {
  const newId = v7;
  const clock = () => new Date();
  return { unitOfWork: createUnitOfWork({ prisma: of, newId, clock }), newId, clock };
};
let running: { close(): Promise<void> }[] = [];
const wakeAll = (): void => {
  running = replicas.map((of) =>
    startDueChanges({
      look: () => readWaitingChanges(of),
      settleNext: (now, except) => settleNextChange(parts(of), now, except),
      log,
    }),
  );
};
const sleepAll = async (): Promise<void> => {
  await Promise.all(running.map((one) => one.close()));
  running = [];
};
const nothingWaits = () =>
  eventually(async () => expect(await prisma.scheduledChange.count({ where: { ended: null } })).toBe(0), {
    withinMs: 20_000,
  });
afterEach(sleepAll);

/** Las fechas, al final y todas de una vez: guardarlas una a una tarda más que lo que se mide. */
async function moveDates(inMs: number, everyMs: number): Promise<void> {
  await prisma.$executeRaw`
    WITH moved AS (
      SELECT id, subscription_id, effective_at AS was, date_trunc('milliseconds', clock_timestamp())
        + make_interval(secs => ${inMs}::float8 / 1000 + (row_number() OVER (ORDER BY id)) * ${everyMs}::float8 / 1000) AS at
      FROM scheduled_change),
    ends AS (UPDATE subscription_state s SET valid_to = moved.at FROM moved
      WHERE s.subscription_id = moved.subscription_id AND s.valid_to = moved.was),
    starts AS (UPDATE subscription_state s SET valid_from = moved.at FROM moved
      WHERE s.subscription_id = moved.subscription_id AND s.valid_from = moved.was)
    UPDATE scheduled_change c SET effective_at = moved.at FROM moved WHERE c.id = moved.id`;
}

/** Suscripciones activas que se cancelan a su fecha; el reloj que vale es el de PostgreSQL. */
async function cancelledAt(dates: readonly Date[]): Promise<void> {
  const now = await databaseNow(prisma);
  for (let from = 0; from < dates.length; from += 25) {
    await parts(prisma).unitOfWork({ actor: 'test', correlationId: v7() }, async ({ subscriptions }) => {
      for (const date of dates.slice(from, from + 25)) {
        const identity = {
          id: v7(),
          customerId: grupoExito,
          tenantInstanceId: v7(),
          productId: farutechVet,
          createdAt: now,
        };
        const bought = { planId: vetProfessional, startsAt: now, expiresAt: null };
        const sold = PlanSubscription.request(identity, bought, { requestedAt: now, now, newId: v7 });
        sold.activate(now, now);
        sold.scheduleCancellation(v7(), { reason: 'Mora', by: 'billing', byCustomer: false }, date, now);
        await subscriptions.add(sold);
      }
      return { result: null, events: [], audit: null };
    });
  }
}

const farAway = (length: number): Date[] =>
  Array.from({ length }, () => new Date('2999-01-01T00:00:00.000Z'));

interface Late {
  readonly told: number;
  readonly distinct: number;
  readonly early: number;
  readonly p50: number;
  readonly p99: number;
}

/** Cuánto después de su instante quedó escrito cada hecho, según el reloj de PostgreSQL. */
const lateness = async (): Promise<Late> => {
  const [row] = await prisma.$queryRaw<readonly Late[]>`
    WITH late AS (
      SELECT change.id, extract(epoch FROM audit.at - change.effective_at) * 1000 AS ms
      FROM scheduled_change change JOIN outbox told ON told.message_id = 'scheduled-change:' || change.id
      JOIN audit_entry audit ON audit.detail->>'changeId' = change.id::text)
    SELECT count(*)::int AS told, count(DISTINCT id)::int AS distinct, count(*) FILTER (WHERE ms < -1)::int AS early,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::float8 AS p50,
      percentile_cont(0.99) WITHIN GROUP (ORDER BY ms)::float8 AS p99 FROM late`;
  if (row === undefined) throw new TypeError('sin fila');
  return row;
};

describe('lo que pasa en su instante', () => {
  it('tres réplicas, 30 cancelaciones: cada una se cuenta una vez, ninguna antes de su instante', async () => {
    await cancelledAt(farAway(30));
    wakeAll();
    await moveDates(500, 200);
    await nothingWaits();

    const late = await lateness();
    log.info({ late }, 'retraso de los hechos con fecha, en milisegundos');
    expect(late).toMatchObject({ told: 30, distinct: 30, early: 0 });
    expect(await prisma.outbox.count()).toBe(30);
    expect(await prisma.planSubscription.count({ where: { status: 'CANCELLED', revision: 3 } })).toBe(30);
  });

  it('lo que venció sin nadie despierto se cuenta al despertar, una vez aunque despierten tres a la vez', async () => {
    await cancelledAt(farAway(40));
    await moveDates(-5_000, 0);

    wakeAll();
    await nothingWaits();

    expect(await prisma.outbox.count()).toBe(40);
  });

  it('retirarla en el último momento o contarla: una de las dos, nunca las dos', async () => {
    await cancelledAt(farAway(30));
    await moveDates(500, 20);
    const changes = await prisma.scheduledChange.findMany({ orderBy: { effectiveAt: 'asc' } });
    const time = await openDatabaseClock({
      prisma,
      onError: (error) => log.error({ err: error }, 'sin hora'),
    });
    wakeAll();

    const withdrawn = await Promise.all(
      changes.map(async ({ id, effectiveAt }) => {
        await eventually(() => expect(+time.now()).toBeGreaterThanOrEqual(+effectiveAt - 12), { everyMs: 1 });
        const asked = cancelScheduledChange(
          { ...parts(prisma), clock: time.now },
          { actor: 'ana', correlationId: v7() },
          {
            id,
            reach: { kind: 'everything' },
          },
        );
        return await asked.then(
          () => true,
          (error: { code?: string }) => {
            expect(error.code).toBe('ILLEGAL_TRANSITION');
            return false;
          },
        );
      }),
    );
    await nothingWaits();
    time.close();

    const count = withdrawn.filter(Boolean).length;
    expect(await prisma.outbox.count()).toBe(30 - count);
    expect(await prisma.scheduledChange.count({ where: { ended: 'WITHDRAWN' } })).toBe(count);
    expect(await prisma.planSubscription.count({ where: { status: 'ACTIVE' } })).toBe(count);
  });

  it('uno que falla no detiene a los demás', async () => {
    await cancelledAt(farAway(5));
    await moveDates(-5_000, 0);
    const [bad] = await prisma.scheduledChange.findMany({ orderBy: [{ effectiveAt: 'asc' }, { id: 'asc' }] });
    await prisma.$executeRaw`DELETE FROM subscription_state WHERE subscription_id = ${bad?.subscriptionId}::uuid`;
    const settleNext = (now: Date, except: readonly string[]) => settleNextChange(parts(prisma), now, except);
    await expect(settleNext(await databaseNow(prisma), [])).rejects.toBeInstanceOf(UnsettledChange);

    const alone = startDueChanges({
      look: () => readWaitingChanges(prisma),
      settleNext,
      log: createLogger('calla', { write: () => undefined }),
    });
    await eventually(async () => expect(await prisma.outbox.count()).toBe(4));
    await alone.close();

    expect(await prisma.scheduledChange.count({ where: { ended: null } })).toBe(1);
  });
});

describe('la hora', () => {
  it('es la de PostgreSQL aunque el reloj de la máquina vaya por otro lado', async () => {
    const time = await openDatabaseClock({
      prisma,
      onError: (error) => log.error({ err: error }, 'sin hora'),
    });
    const before = time.now();
    const told = await databaseNow(prisma);
    const after = time.now();
    time.close();

    expect(+told).toBeGreaterThanOrEqual(+before - 25);
    expect(+told).toBeLessThanOrEqual(+after + 25);
  });

  it('sin base no falla: avisa y sigue con la de la máquina', async () => {
    const heard: unknown[] = [];
    const gone = openPrisma({
      databaseUrl: 'postgres://nadie@127.0.0.1:1/nada',
      onError: ignoreLostConnection,
    });
    const time = await openDatabaseClock({ prisma: gone, onError: (error) => heard.push(error) });

    expect(heard).toHaveLength(1);
    expect(Math.abs(+time.now() - Date.now())).toBeLessThan(50);
    time.close();
    await gone.$disconnect();
  });
});
