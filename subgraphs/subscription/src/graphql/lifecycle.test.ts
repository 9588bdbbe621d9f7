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
import { after, id, norte } from '../testing/facts.ts';
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
import { admin, batchControl, requestsAboutNorte } from '../testing/subscription-requests.ts';
import { sellNorte } from '../testing/world-of-norte.ts';

const secret = new Secret('un-secreto-interno-de-las-pruebas-de-suscripciones');
const ask = subscriptionClient(secret);
const billing = staffWith('BILLING');
const ana = customerWith('CUSTOMER_ADMIN');
const stranger = customerWith('CUSTOMER_ADMIN', id('c', 2));
const someDay = '2999-01-01T00:00:00.000Z';

let postgres: TestPostgres;
let prisma: PrismaClient;
let running: RunningSubgraph;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const databaseUrl = await freshSubscriptionDatabase(postgres, 'lifecycle');
  prisma = openPrisma({ databaseUrl, onError: ignoreLostConnection });
  // Con ROLE=api nadie cuenta nada: lo que se apaga con fecha se apaga solo.
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
  await sellNorte({ react: createReaction({ prisma, newId: v7, clock }), newId: v7, clock });
});

const { askFeatures, askSubscription, suspend, resume, cancel, withdraw } = requestsAboutNorte(
  ask,
  () => running.url,
  () => prisma,
);
const code = (answer: Answer) => refusal(answer)[0];

describe('el ciclo de una suscripción, por la API', () => {
  it('suspender la apaga, reanudar la enciende; el motivo lo lee el personal y no el cliente', async () => {
    expect((await suspend(billing)).data.suspendSubscription).toMatchObject({
      status: 'SUSPENDED',
      statusReason: 'Mora de 60 días',
    });

    expect(batchControl(await askFeatures())).toMatchObject({
      enabled: false,
      cause: 'SUBSCRIPTION_SUSPENDED',
    });
    expect(batchControl(await askFeatures(billing)).explanation).toMatch(
      /suspended by billing@.*Mora de 60 días/,
    );
    expect(batchControl(await askFeatures(ana)).explanation).not.toMatch(/Mora|billing/);
    const seen = await askSubscription(ana);
    expect(seen.data.planSubscription).toMatchObject({ status: 'SUSPENDED', statusReason: null });

    expect((await resume(billing)).data.resumeSubscription).toMatchObject({
      status: 'ACTIVE',
      statusReason: null,
    });
    expect(batchControl(await askFeatures())).toMatchObject({ enabled: true });
  });

  it('SUPPORT, el cliente y las apps ni suspenden ni reanudan; SUPPORT y las apps tampoco cancelan', async () => {
    for (const viewer of [staffWith('SUPPORT'), ana, customerWith('CUSTOMER_VIEWER'), childApp(norte)]) {
      expect([code(await suspend(viewer)), code(await resume(viewer))]).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    }
    for (const viewer of [staffWith('SUPPORT'), customerWith('CUSTOMER_VIEWER'), childApp(norte)]) {
      expect(code(await cancel(viewer))).toBe('FORBIDDEN');
      expect(code(await withdraw(viewer, id('d', 1)))).toBe('FORBIDDEN');
    }
    expect(await prisma.planSubscription.findFirst()).toMatchObject({ status: 'ACTIVE', revision: 2 });
  });

  it('el cliente cancela lo suyo a una fecha, se ve lo que viene y la retira; el de al lado ni la encuentra', async () => {
    expect(refusal(await cancel(stranger, { effectiveAt: someDay }))).toEqual(['NOT_FOUND', 'id']);

    const { scheduledChanges } = (await cancel(ana, { effectiveAt: someDay })).data.cancelSubscription;
    expect(scheduledChanges).toEqual([
      {
        id: expect.any(String),
        kind: 'CANCELLATION',
        effectiveAt: someDay,
        requestedBy: ana.sub,
        reason: null,
        plan: null,
      },
    ]);
    expect((await askSubscription(billing)).data.planSubscription.scheduledChanges).toMatchObject([
      { id: scheduledChanges[0].id, reason: 'Mora de 60 días', requestedBy: ana.sub },
    ]);

    expect(refusal(await withdraw(stranger, scheduledChanges[0].id))).toEqual(['NOT_FOUND', 'id']);
    expect((await withdraw(ana, scheduledChanges[0].id)).data.cancelScheduledChange.scheduledChanges).toEqual(
      [],
    );
    expect(refusal(await withdraw(ana, scheduledChanges[0].id))).toEqual(['ILLEGAL_TRANSITION', 'id']);
  });

  it('lo que decidió Farutech el cliente lo ve sin nombre, y no lo retira', async () => {
    await cancel(billing, { effectiveAt: someDay });

    const [change] = (await askSubscription(ana)).data.planSubscription.scheduledChanges;
    expect(change).toMatchObject({ requestedBy: 'farutech', reason: null });
    expect(code(await withdraw(ana, change.id))).toBe('FORBIDDEN');
    expect(code(await cancel(ana, { effectiveAt: '2999-06-01T00:00:00Z' }))).toBe('FORBIDDEN');
  });

  it('llegada la fecha se apaga y se lee CANCELLED aunque nadie haya corrido', async () => {
    await cancel(billing, { effectiveAt: new Date(Date.now() + 1_200).toISOString() });
    const { nextChangeAt } = (
      await ask(running.url, admin, `{ effectiveFeatures(instanceId: "${norte}") { nextChangeAt } }`)
    ).data.effectiveFeatures;
    expect(+new Date(nextChangeAt)).toBeGreaterThan(0);

    await expect
      .poll(async () => (await askSubscription(ana)).data.planSubscription, { timeout: 10_000 })
      .toMatchObject({ status: 'CANCELLED', scheduledChanges: [] });
    expect(batchControl(await askFeatures())).toMatchObject({
      enabled: false,
      cause: 'SUBSCRIPTION_CANCELLED',
    });
    expect(await prisma.planSubscription.findFirst()).toMatchObject({ status: 'ACTIVE' });
    expect(await prisma.outbox.count({ where: { name: 'PlanSubscriptionCancelled' } })).toBe(0);
  });

  it.each<[string, () => Promise<Answer>, string, string]>([
    ['suspender la que no existe', () => suspend(admin, { id: id('5', 9) }), 'NOT_FOUND', 'id'],
    ['suspender un id que no lo es', () => suspend(admin, { id: 'norte' }), 'VALIDATION_FAILED', 'id'],
    ['suspender sin motivo', () => suspend(admin, { reason: ' ' }), 'VALIDATION_FAILED', 'reason'],
    [
      'suspender con un motivo eterno',
      () => suspend(admin, { reason: 'x'.repeat(501) }),
      'VALIDATION_FAILED',
      'reason',
    ],
    ['reanudar la activa', () => resume(), 'ILLEGAL_TRANSITION', 'id'],
    ['reanudar un id que no lo es', () => resume(admin, { id: '7' }), 'VALIDATION_FAILED', 'id'],
    [
      'cancelar para ayer',
      () => cancel(admin, { effectiveAt: '2020-01-01T00:00:00Z' }),
      'VALIDATION_FAILED',
      'effectiveAt',
    ],
    ['cancelar la que no existe', () => cancel(admin, { id: id('5', 9) }), 'NOT_FOUND', 'id'],
    ['cancelar sin motivo', () => cancel(admin, { reason: '' }), 'VALIDATION_FAILED', 'reason'],
    ['retirar lo que no existe', () => withdraw(admin, id('d', 9)), 'NOT_FOUND', 'id'],
    ['retirar un id que no lo es', () => withdraw(admin, 'x'), 'VALIDATION_FAILED', 'id'],
  ])('%s: su código y su campo, y nada escrito', async (_name, act, expected, field) => {
    const states = await prisma.subscriptionState.count();

    expect(refusal(await act())).toEqual([expected, field]);

    expect(await prisma.subscriptionState.count()).toBe(states);
    expect(await prisma.auditEntry.count({ where: { outcome: 'REFUSED', code: expected } })).toBe(1);
  });

  it('una fecha que no lo es no llega ni a intentarse', async () => {
    expect(refusal(await cancel(admin, { effectiveAt: 'mañana' }))).toEqual([
      'VALIDATION_FAILED',
      'effectiveAt',
    ]);
  });
});
