import { Secret } from '@farutech/kernel/secret';
import type { PrismaClient } from '@farutech/prisma/subscription';
import type { RunningSubgraph } from '@farutech/subgraph/start-subgraph';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../../../tests/support/postgres.ts';
import { quietLog } from '../../../../tests/support/quiet-log.ts';
import { openPrisma } from '../persistence/open-prisma.ts';
import { createReaction } from '../persistence/unit-of-work.ts';
import { startSubscription } from '../start.ts';
import { deliver } from '../testing/deliver.ts';
import { after, id, norte, planFact, vetProfessional } from '../testing/facts.ts';
import {
  type Answer,
  childApp,
  customerWith,
  refusal,
  staffWith,
  subscriptionClient,
} from '../testing/subscription-client.ts';
import {
  emptyTables,
  freshSubscriptionDatabase,
  ignoreLostConnection,
} from '../testing/subscription-database.ts';
import { admin, requestsAboutNorte } from '../testing/subscription-requests.ts';
import { sellNorte } from '../testing/world-of-norte.ts';

const secret = new Secret('un-secreto-interno-de-las-pruebas-de-suscripciones');
const ask = subscriptionClient(secret);
const billing = staffWith('BILLING');
const ana = customerWith('CUSTOMER_ADMIN');
const enterprise = id('b', 3);
const someDay = '2999-01-01T00:00:00.000Z';

let postgres: TestPostgres;
let prisma: PrismaClient;
let running: RunningSubgraph;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const databaseUrl = await freshSubscriptionDatabase(postgres, 'plan_change');
  prisma = openPrisma({ databaseUrl, onError: ignoreLostConnection });
  // Con ROLE=api nadie cuenta nada: lo que cambia con fecha cambia solo.
  const config = {
    host: '127.0.0.1',
    port: 0,
    databaseUrl,
    natsUrl: 'nats://127.0.0.1:1',
    ackWaitMs: 30_000,
    pruneCron: '17 3 * * *',
    outboxKeepDays: 7,
    clock: () => new Date(),
    internalTokenSecret: secret,
    role: 'api',
  } as const;
  running = await startSubscription(config, quietLog('subscription-test'));
}, 60_000);
afterAll(async () => {
  await running.close();
  await prisma.$disconnect();
  await postgres.close();
});
beforeEach(async () => {
  await emptyTables(prisma);
  const clock = () => after(100);
  const parts = { react: createReaction({ prisma, newId: v7, clock }), newId: v7, clock };
  await sellNorte(parts);
  const all = ['APPOINTMENTS', 'BATCH_CONTROL', 'LAB_RESULTS'];
  const event = planFact({
    planId: enterprise,
    code: 'VET_ENTERPRISE',
    includedFeatures: all,
    maxUsers: 100,
  });
  await deliver(parts, { messageId: 'enterprise', event });
});

const { changePlan, withdraw, askSubscription } = requestsAboutNorte(
  ask,
  () => running.url,
  () => prisma,
);
const now = async () =>
  (
    await ask(
      running.url,
      admin,
      `{ effectiveFeatures(instanceId: "${norte}") { enabled maxUsers nextChangeAt plan { id } } }`,
    )
  ).data.effectiveFeatures;

describe('cambiar de plan, por la API', () => {
  it('ya mismo: la respuesta siguiente trae el plan nuevo, sus funciones y sus plazas', async () => {
    expect((await changePlan(billing)).data.changePlan).toMatchObject({
      plan: { id: enterprise },
      scheduledChanges: [],
    });

    expect(await now()).toEqual({
      enabled: ['APPOINTMENTS', 'BATCH_CONTROL', 'LAB_RESULTS'],
      maxUsers: 100,
      nextChangeAt: null,
      plan: { id: enterprise },
    });
    const [told] = await prisma.outbox.findMany({ where: { name: 'PlanSubscriptionChanged' } });
    expect(told?.data).toMatchObject({ planCode: 'VET_ENTERPRISE', planVersion: 1, maxUsers: 100 });
  });

  it('a una fecha: se ve lo que viene y cuándo, el cliente lo lee sin nombre y no lo retira; Farutech sí', async () => {
    const { plan, scheduledChanges } = (await changePlan(billing, { effectiveAt: someDay })).data.changePlan;
    expect(plan).toEqual({ id: vetProfessional });
    expect(scheduledChanges).toMatchObject([
      { kind: 'PLAN', effectiveAt: someDay, requestedBy: billing.sub, plan: { id: enterprise } },
    ]);
    expect(await now()).toMatchObject({ nextChangeAt: someDay, plan: { id: vetProfessional } });
    const [seen] = (await askSubscription(ana)).data.planSubscription.scheduledChanges;
    expect(seen).toMatchObject({ kind: 'PLAN', requestedBy: 'farutech' });
    expect(refusal(await withdraw(ana, seen.id))[0]).toBe('FORBIDDEN');

    expect((await withdraw(billing, seen.id)).data.cancelScheduledChange.scheduledChanges).toEqual([]);
    expect(await now()).toMatchObject({ nextChangeAt: null });
  });

  it('llegada la fecha rige aunque nadie haya corrido', async () => {
    await changePlan(billing, { effectiveAt: new Date(Date.now() + 1_000).toISOString() });

    await expect.poll(now, { timeout: 10_000 }).toMatchObject({ maxUsers: 100, plan: { id: enterprise } });
    expect((await askSubscription(ana)).data.planSubscription.scheduledChanges).toEqual([]);
  });

  it('cincuenta clics iguales a la vez son un solo cambio', async () => {
    const clicks = await Promise.all(
      Array.from({ length: 50 }, () => changePlan(billing, { effectiveAt: someDay, key: 'un clic' })),
    );

    expect(new Set(clicks.map(({ data }) => data?.changePlan.scheduledChanges[0].id)).size).toBe(1);
    expect(await prisma.scheduledChange.count()).toBe(1);
    expect(await prisma.auditEntry.count({ where: { action: 'changePlan' } })).toBe(1);
    expect(refusal(await changePlan(billing, { key: 'un clic' }))).toEqual([
      'IDEMPOTENCY_KEY_REUSED',
      'idempotencyKey',
    ]);
  });

  it('ni SUPPORT, ni el cliente, ni las apps', async () => {
    for (const viewer of [staffWith('SUPPORT'), ana, customerWith('CUSTOMER_VIEWER'), childApp(norte)]) {
      expect(refusal(await changePlan(viewer))[0]).toBe('FORBIDDEN');
    }
  });

  it.each<[string, () => Promise<Answer>, string, string]>([
    ['la que no existe', () => changePlan(admin, { id: id('5', 9) }), 'NOT_FOUND', 'subscriptionId'],
    ['un id que no lo es', () => changePlan(admin, { id: 'norte' }), 'VALIDATION_FAILED', 'subscriptionId'],
    ['un plan de nadie', () => changePlan(admin, { planCode: 'VET_GOLD' }), 'NOT_FOUND', 'planCode'],
    [
      'el que ya tiene',
      () => changePlan(admin, { planCode: 'VET_PROFESSIONAL' }),
      'ILLEGAL_TRANSITION',
      'planCode',
    ],
    [
      'para ayer',
      () => changePlan(admin, { effectiveAt: '2020-01-01T00:00:00Z' }),
      'VALIDATION_FAILED',
      'effectiveAt',
    ],
    ['una clave vacía', () => changePlan(admin, { key: '' }), 'VALIDATION_FAILED', 'idempotencyKey'],
  ])('%s: su código y su campo, y nada escrito', async (_name, act, expected, field) => {
    const states = await prisma.subscriptionState.count();

    expect(refusal(await act())).toEqual([expected, field]);

    expect(await prisma.subscriptionState.count()).toBe(states);
    expect(await prisma.auditEntry.count({ where: { outcome: 'REFUSED', code: expected } })).toBe(1);
  });
});
