import type { OutgoingEvent } from '@farutech/contracts/contract';
import { DomainError } from '@farutech/kernel/errors';
import type { Reach } from '@farutech/kernel/viewer';
import type { PrismaClient } from '@farutech/prisma/subscription';
import fc from 'fast-check';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../../../tests/support/postgres.ts';
import type { Reaction, UnitOfWork } from '../domain/ports.ts';
import { holdsAt } from '../domain/timeline.ts';
import { deliver } from '../testing/deliver.ts';
import { after, id, planFact, requestedFact, statusFact } from '../testing/facts.ts';
import { memoryWorld } from '../testing/memory-unit-of-work.ts';
import {
  emptyTables,
  freshSubscriptionDatabase,
  ignoreLostConnection,
} from '../testing/subscription-database.ts';
import { handMade, salesOfNorte } from '../testing/world-of-norte.ts';
import { cancelScheduledChange } from '../use-cases/cancel-scheduled-change.ts';
import { cancelSubscription } from '../use-cases/cancel-subscription.ts';
import { changePlan } from '../use-cases/change-plan.ts';
import { resumeSubscription } from '../use-cases/resume-subscription.ts';
import { settleNextChange } from '../use-cases/settle-next-change.ts';
import { suspendSubscription } from '../use-cases/suspend-subscription.ts';
import { openPrisma } from './open-prisma.ts';
import { createReaction, createUnitOfWork } from './unit-of-work.ts';

interface StateRow {
  readonly status: string;
  readonly planId: string;
  readonly validFrom: Date;
  readonly validTo: Date | null;
  readonly knownFrom: Date;
  readonly knownTo: Date | null;
}

interface Implementation {
  readonly unitOfWork: UnitOfWork;
  readonly react: Reaction;
  subscriptionId(): Promise<string>;
  states(): Promise<readonly StateRow[]>;
  waiting(): Promise<readonly { id: string; kind: string; effectiveAt: Date; planId: string | null }[]>;
  told(): Promise<readonly OutgoingEvent['data'][]>;
}

const command = fc.oneof(
  ...(['suspend', 'resume', 'cancel', 'withdraw', 'settle', 'decommission', 'changePlan'] as const).map(
    (name) => ({
      weight: name === 'cancel' || name === 'decommission' ? 1 : 4,
      arbitrary: fc.record({ name: fc.constant(name), ms: fc.constant(0) }),
    }),
  ),
  {
    weight: 6,
    arbitrary: fc.record({ name: fc.constant('cancelAt' as const), ms: fc.integer({ min: 1, max: 60 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ name: fc.constant('changePlanAt' as const), ms: fc.integer({ min: 1, max: 60 }) }),
  },
  // También hacia atrás: el reloj de otra réplica.
  {
    weight: 8,
    arbitrary: fc.record({ name: fc.constant('jump' as const), ms: fc.integer({ min: -5, max: 40 }) }),
  },
);
const commands = fc.array(command, { minLength: 4, maxLength: 14 });
type Command = { readonly name: string; readonly ms: number };

const cause = { actor: 'billing@farutech.test', correlationId: id('7', 2) };
const reach: Reach = { kind: 'everything' };

async function run(implementation: Implementation, sequence: readonly Command[]): Promise<void> {
  const hand = handMade();
  const parts = { ...implementation, newId: v7, clock: hand.clock };
  const expiring = requestedFact({ expiresAt: after(180).toISOString() });
  for (const [n, event] of salesOfNorte.entries()) {
    const sale = event.contract === expiring.contract ? expiring : event;
    await deliver(parts, { messageId: `m${n}`, event: sale });
  }
  const sold = ['VET_BASIC', 'VET_ENTERPRISE'].map((code, n) => planFact({ code, planId: id('b', 20 + n) }));
  for (const [n, event] of sold.entries()) await deliver(parts, { messageId: `p${n}`, event });
  const codes = ['VET_PROFESSIONAL', 'VET_BASIC', 'VET_ENTERPRISE'];
  let changes = 0;
  const changeTo = async (effectiveAt: Date | null): Promise<unknown> => {
    changes += 1;
    const planCode = codes[changes % codes.length] ?? '';
    return await changePlan(parts, cause, { subscriptionId, planCode, effectiveAt, idempotencyKey: null });
  };
  const subscriptionId = await implementation.subscriptionId();
  const of = { id: subscriptionId, reason: 'Mora' };
  let now = 100;
  let version = 2;

  const acts: Record<string, (ms: number) => Promise<unknown>> = {
    suspend: () => suspendSubscription(parts, cause, of),
    resume: () => resumeSubscription(parts, cause, subscriptionId),
    cancel: () => cancelSubscription(parts, cause, { ...of, reach, effectiveAt: null }),
    cancelAt: (ms) => cancelSubscription(parts, cause, { ...of, reach, effectiveAt: after(now + ms) }),
    changePlan: () => changeTo(null),
    changePlanAt: (ms) => changeTo(after(now + ms)),
    withdraw: async () => {
      for (const change of await implementation.waiting()) {
        await cancelScheduledChange(parts, cause, { id: change.id, reach });
      }
    },
    settle: async () => {
      while ((await settleNextChange(parts, hand.clock())) !== undefined);
    },
    decommission: async () => {
      version += 1;
      const event = statusFact({
        version,
        status: 'DECOMMISSIONED',
        occurredAt: after(now - 3).toISOString(),
      });
      await deliver(parts, { messageId: `d${version}`, event });
    },
    jump: async (ms) => {
      now += ms;
      hand.moveTo(now);
    },
  };
  for (const { name, ms } of sequence) {
    try {
      await acts[name]?.(ms);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
  }
  await oneStatePerInstant(implementation);
  await planAgreed(implementation);
  // Al final de los tiempos, contado todo, lo último que se contó del plan es lo que rige.
  hand.moveTo(1_000_000);
  while ((await settleNextChange(parts, hand.clock())) !== undefined);
  const told = (await implementation.told()) as readonly { planId: string; revision: number }[];
  const last = (await implementation.states()).find((row) => row.knownTo === null && row.validTo === null);
  expect(told.at(-1)?.planId).toBe(last?.planId);
  expect(told.map(({ revision }) => revision)).toEqual(told.map((_, n) => n + 2));
}

/** El cambio de plan que espera y no tiene delante una cancelación rige desde su instante, y no antes. */
async function planAgreed(implementation: Implementation): Promise<void> {
  const waiting = await implementation.waiting();
  const change = waiting.find(({ kind }) => kind === 'PLAN');
  if (change === undefined) return;
  const believed = (await implementation.states()).filter(({ knownTo }) => knownTo === null);
  const at = (instant: number) => believed.find((row) => holdsAt(row, new Date(instant)));
  const [before, from] = [at(+change.effectiveAt - 1), at(+change.effectiveAt)];
  if (from?.status === 'CANCELLED') return;
  expect(from?.planId).toBe(change.planId);
  expect(before?.planId).not.toBe(change.planId);
}

/** En lo que se cree ahora y en lo que se creyó en cada momento en que se supo algo. */
async function oneStatePerInstant(implementation: Implementation): Promise<void> {
  const states = await implementation.states();
  const first = Math.min(...states.map(({ validFrom }) => +validFrom));
  const instants = new Set(
    states
      .flatMap(({ validFrom, validTo }) => [validFrom, validTo ?? after(1_000)])
      .flatMap((at) => [+at - 1, +at]),
  );
  const moments = [...states.map(({ knownFrom }) => knownFrom), after(1_000_000)];
  for (const moment of moments) {
    const believed = states.filter((row) =>
      holdsAt({ validFrom: row.knownFrom, validTo: row.knownTo }, moment),
    );
    for (const at of instants) {
      const holding = believed.filter((row) => holdsAt(row, new Date(at)));
      expect(holding.length, `${new Date(at).toISOString()} según ${moment.toISOString()}`).toBe(
        at < first ? 0 : 1,
      );
    }
    const order = believed.toSorted((a, b) => +a.validFrom - +b.validFrom).map(({ status }) => status);
    const started = order.findIndex((status) => status !== 'PENDING');
    expect(started === -1 || !order.slice(started).includes('PENDING'), 'PENDING solo al principio').toBe(
      true,
    );
    const cancelledAt = order.indexOf('CANCELLED');
    if (cancelledAt >= 0) expect(new Set(order.slice(cancelledAt))).toEqual(new Set(['CANCELLED']));
  }
}

it('en memoria, cualquier serie de órdenes y saltos de reloj deja un solo estado creído en cada instante', async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      const { tables, unitOfWork, react } = memoryWorld();
      await run(
        {
          unitOfWork,
          react,
          subscriptionId: async () => [...tables.subscriptions.keys()][0] ?? '',
          states: async () => tables.states.map(({ value, ...row }) => ({ ...row, ...value })),
          waiting: async () => tables.scheduled.filter(({ ended }) => ended === null),
          told: async () => tables.outbox.map(({ data }) => data),
        },
        sequence,
      );
    }),
    { numRuns: 250 },
  );
});

let postgres: TestPostgres;
let prisma: PrismaClient;
beforeAll(async () => {
  postgres = await startTestPostgres();
  const databaseUrl = await freshSubscriptionDatabase(postgres, 'believed');
  prisma = openPrisma({ databaseUrl, onError: ignoreLostConnection });
}, 60_000);
afterAll(async () => {
  await prisma.$disconnect();
  await postgres.close();
});

it('sobre PostgreSQL, también', async () => {
  const parts = { prisma, newId: v7, clock: () => after(100) };
  const implementation: Implementation = {
    unitOfWork: createUnitOfWork(parts),
    react: createReaction(parts),
    subscriptionId: async () => (await prisma.planSubscription.findFirstOrThrow()).id,
    states: () => prisma.subscriptionState.findMany(),
    waiting: () => prisma.scheduledChange.findMany({ where: { ended: null } }),
    told: async () => (await prisma.outbox.findMany({ orderBy: { id: 'asc' } })).map(({ data }) => data),
  };
  await fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      await emptyTables(prisma);
      await run(implementation, sequence);
    }),
    { numRuns: 5, endOnFailure: true },
  );
});
