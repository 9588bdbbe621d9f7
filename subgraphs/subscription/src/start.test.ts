import { planSubscriptionActivated, planSubscriptionCancelled } from '@farutech/contracts/subscription';
import { Secret } from '@farutech/kernel/secret';
import { type Messaging, openMessaging } from '@farutech/messaging/connection';
import { on } from '@farutech/messaging/consume';
import type { PrismaClient } from '@farutech/prisma/subscription';
import type { RunningSubgraph } from '@farutech/subgraph/start-subgraph';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { startTestNats, type TestNats } from '../../../tests/support/nats.ts';
import { startTestPostgres, type TestPostgres } from '../../../tests/support/postgres.ts';
import { quietLog } from '../../../tests/support/quiet-log.ts';
import { openPrisma } from './persistence/open-prisma.ts';
import { startSubscription } from './start.ts';
import { id, norte, start } from './testing/facts.ts';
import { childApp, customerWith, refusal, subscriptionClient } from './testing/subscription-client.ts';
import { freshSubscriptionDatabase, ignoreLostConnection } from './testing/subscription-database.ts';
import { admin, batchControl, requestsAboutNorte } from './testing/subscription-requests.ts';
import { salesOfNorte } from './testing/world-of-norte.ts';

const secret = new Secret('un-secreto-interno-de-las-pruebas-de-suscripciones');
const ask = subscriptionClient(secret);
const log = quietLog('subscription-test');

let postgres: TestPostgres;
let nats: TestNats;
let prisma: PrismaClient;
let messaging: Messaging;
let running: RunningSubgraph;
const activated: unknown[] = [];
const cancelled: { readonly cancelledAt: string }[] = [];

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestPostgres(), startTestNats()]);
  const databaseUrl = await freshSubscriptionDatabase(postgres, 'subscription');
  prisma = openPrisma({ databaseUrl, onError: ignoreLostConnection });
  messaging = openMessaging({ servers: nats.url, name: 'subscription-test', log });
  messaging.consume({
    durable: 'subscription-test',
    stream: 'EVENT',
    filterSubject: 'farutech.event.subscription.>',
    concurrency: 1,
    handlers: [
      on(planSubscriptionActivated, async (data) => {
        activated.push(data);
      }),
      on(planSubscriptionCancelled, async (data) => {
        cancelled.push(data);
      }),
    ],
  });
  running = await startSubscription(
    {
      host: '127.0.0.1',
      port: 0,
      databaseUrl,
      natsUrl: nats.url,
      ackWaitMs: 30_000,
      pruneCron: '17 3 * * *',
      outboxKeepDays: 7,
      clock: () => new Date(),
      internalTokenSecret: secret,
      role: 'all',
    },
    log,
  );
  await eventually(() => messaging.check());
}, 60_000);
afterAll(async () => {
  await running.close();
  await messaging.close();
  await prisma.$disconnect();
  await Promise.all([postgres.close(), nats.close()]);
});

async function publishAll(): Promise<void> {
  for (const [n, { contract, data }] of salesOfNorte.entries()) {
    await messaging.publish({
      subject: contract.subject(data),
      envelope: {
        id: `m${n}`,
        name: contract.name,
        version: contract.version,
        aggregateId: contract.aggregateId(data),
        correlationId: id('7', n),
        occurredAt: start.toISOString(),
        data,
      },
    });
  }
}

const { askFeatures, set, clear, cancel } = requestsAboutNorte(
  ask,
  () => running.url,
  () => prisma,
);

describe('de los hechos a lo que norte puede usar', () => {
  it('antes de que exista: la app recibe todo apagado; los demás, NOT_FOUND', async () => {
    const answer = await askFeatures(childApp(norte));

    expect(answer.data.effectiveFeatures).toMatchObject({
      enabled: [],
      features: [],
      maxUsers: 0,
      plan: null,
    });
    for (const viewer of [admin, customerWith('CUSTOMER_ADMIN'), childApp(id('e', 2))]) {
      expect(refusal(await askFeatures(viewer))).toEqual(['NOT_FOUND', 'instanceId']);
    }
  });

  it('llegan los hechos, se activa, se cuenta una vez y las funciones quedan encendidas', async () => {
    await publishAll();

    await eventually(() => expect(activated).toEqual([expect.objectContaining({ instanceId: norte })]));
    const answer = await askFeatures();
    expect(answer.data.effectiveFeatures).toMatchObject({
      enabled: ['APPOINTMENTS', 'BATCH_CONTROL'],
      maxUsers: 25,
      version: expect.stringMatching(/^[\w-]{22}$/),
    });
    expect(batchControl(answer)).toMatchObject({ enabled: true, cause: 'PLAN', causes: ['PLAN'] });
  });

  it('DISABLE la apaga, quitarlo la enciende y devuelve la misma versión', async () => {
    const before = await askFeatures();

    const changed = await set();
    expect(changed.data.setFeatureOverride.instance.effectiveFeatures.enabled).toEqual(['APPOINTMENTS']);
    const during = await askFeatures();
    expect(batchControl(during)).toMatchObject({ enabled: false, cause: 'OVERRIDE_DISABLE' });
    expect(during.data.effectiveFeatures.version).not.toBe(before.data.effectiveFeatures.version);

    expect((await clear()).data.clearFeatureOverride.featureOverrides).toEqual([]);
    const restored = await askFeatures();
    expect(restored.data.effectiveFeatures).toEqual(before.data.effectiveFeatures);
    expect(refusal(await clear())).toEqual(['NOT_FOUND', 'featureCode']);
  });
});

describe('sin NATS', () => {
  it('las excepciones se aceptan igual y el servicio sigue listo', async () => {
    await nats.kill();

    expect((await set()).errors).toEqual([]);
    expect(batchControl(await askFeatures())).toMatchObject({ cause: 'OVERRIDE_DISABLE' });
    const ready = await fetch(running.url.replace('/graphql', '/health/ready'));
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { ok: true, checks: { database: 'ok', nats: expect.not.stringMatching(/^ok$/) } },
    ]);

    await nats.start();
  });
});

describe('lo que pasa en su instante', () => {
  it('una cancelación con fecha apaga norte y se cuenta, sin que nadie pida nada', async () => {
    const effectiveAt = new Date(Date.now() + 1_500).toISOString();
    expect((await cancel(admin, { effectiveAt })).data.cancelSubscription).toMatchObject({
      status: 'ACTIVE',
    });
    expect(cancelled).toEqual([]);

    await eventually(() =>
      expect(cancelled).toMatchObject([{ instanceId: norte, revision: 3, cancelledAt: effectiveAt }]),
    );
    expect((await askFeatures()).data.effectiveFeatures.enabled).toEqual([]);
    expect(await prisma.planSubscription.findFirst()).toMatchObject({ status: 'CANCELLED' });
  });
});
