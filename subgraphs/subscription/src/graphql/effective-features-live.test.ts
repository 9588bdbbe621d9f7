import { Secret } from '@farutech/kernel/secret';
import type { PrismaClient } from '@farutech/prisma/subscription';
import type { RunningSubgraph } from '@farutech/subgraph/start-subgraph';
import { watch } from '@farutech/subgraph/testing/watch';
import { v7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { startTestPostgres, type TestPostgres } from '../../../../tests/support/postgres.ts';
import { quietLog } from '../../../../tests/support/quiet-log.ts';
import { openPrisma } from '../persistence/open-prisma.ts';
import { createReaction } from '../persistence/unit-of-work.ts';
import { startSubscription } from '../start.ts';
import { after, id, norte } from '../testing/facts.ts';
import { childApp, customerWith, staffWith, subscriptionClient } from '../testing/subscription-client.ts';
import {
  emptyTables,
  freshSubscriptionDatabase,
  ignoreLostConnection,
} from '../testing/subscription-database.ts';
import { admin, requestsAboutNorte } from '../testing/subscription-requests.ts';
import { salesOfNorte, sellNorte } from '../testing/world-of-norte.ts';

const secret = new Secret('un-secreto-interno-de-las-pruebas-de-suscripciones');
const app = childApp(norte);
const document = `subscription ($instanceId: ID!, $after: String) {
  effectiveFeaturesChanged(instanceId: $instanceId, after: $after) {
    cursor version enabled evaluatedAt nextChangeAt features { code enabled cause explanation } } }`;

let postgres: TestPostgres;
let prisma: PrismaClient;
let databaseUrl: string;
let running: RunningSubgraph;
const watching: { stop(): Promise<void> }[] = [];

// Con ROLE=api: quien escucha no depende de que alguien cuente nada por NATS.
const start = (): Promise<RunningSubgraph> =>
  startSubscription(
    {
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
    },
    quietLog('subscription-test'),
  );

beforeAll(async () => {
  postgres = await startTestPostgres();
  databaseUrl = await freshSubscriptionDatabase(postgres, 'live');
  prisma = openPrisma({ databaseUrl, onError: ignoreLostConnection });
  running = await start();
}, 60_000);
afterAll(async () => {
  await running.close();
  await prisma.$disconnect();
  await postgres.close();
});
const reacting = () => {
  const clock = () => after(100);
  return { react: createReaction({ prisma, newId: v7, clock }), newId: v7, clock };
};
beforeEach(async () => {
  await emptyTables(prisma);
  await sellNorte(reacting());
});
afterEach(async () => {
  await Promise.all(watching.splice(0).map(({ stop }) => stop()));
});

async function listen(viewer = app, instanceId: string = norte, cursor: string | null = null, of = running) {
  const one = await watch(of.wsUrl, { secret, viewer }, document, { instanceId, after: cursor });
  watching.push(one);
  return one;
}
const { askFeatures, set, clear, suspend, subscriptionId } = requestsAboutNorte(
  subscriptionClient(secret),
  () => running.url,
  () => prisma,
);
const enabledIn = ({ frames }: { readonly frames: readonly { readonly [field: string]: unknown }[] }) =>
  frames.map(({ enabled }) => enabled);
const both = ['APPOINTMENTS', 'BATCH_CONTROL'];

describe('effectiveFeaturesChanged', () => {
  it('la respuesta de ahora, igual que preguntándola, y después cada otra', async () => {
    const one = await listen();
    await eventually(() => expect(enabledIn(one)).toEqual([both]));
    const { data } = await askFeatures(app);
    expect(one.frames[0]?.version).toBe(data.effectiveFeatures.version);

    await set();
    await eventually(() => expect(enabledIn(one)).toEqual([both, ['APPOINTMENTS']]));
    await clear();
    await eventually(() => expect(enabledIn(one)).toEqual([both, ['APPOINTMENTS'], both]));
    await suspend();
    await eventually(() => expect(enabledIn(one)).toEqual([both, ['APPOINTMENTS'], both, []]));
    expect(one.errors).toEqual([]);
  });

  it('por su cursor, en otra réplica también: solo lo que ya no es así', async () => {
    const one = await listen();
    await eventually(() => expect(one.frames).toHaveLength(1));
    const other = await start();
    try {
      const cursor = `${one.frames[0]?.cursor}`;
      const back = await listen(app, norte, cursor, other);
      await set();
      await eventually(() => expect(enabledIn(back)).toEqual([['APPOINTMENTS']]));
      const late = await listen(app, norte, cursor, other);
      await eventually(() => expect(enabledIn(late)).toEqual([['APPOINTMENTS']]));
      await eventually(() => expect(one.frames.at(-1)?.cursor).toBe(back.frames[0]?.cursor));
      await Promise.all(watching.splice(1).map(({ stop }) => stop()));
    } finally {
      await other.close();
    }
  });

  it('lo que cambia solo llega en su instante, una vez; y que vaya a cambiar ya es una respuesta nueva', async () => {
    const one = await listen();
    await eventually(() => expect(one.frames).toHaveLength(1));
    const expiresAt = new Date(Date.now() + 1_500);
    await set(admin, { expiresAt: expiresAt.toISOString() });

    await eventually(() => expect(enabledIn(one)).toEqual([both, ['APPOINTMENTS'], both]));
    expect(one.frames[1]?.nextChangeAt).toBe(expiresAt.toISOString());
    const late = Date.parse(`${one.frames[2]?.evaluatedAt}`) - +expiresAt;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(one.frames[2]?.nextChangeAt).toBeNull();
  });

  it('el motivo y quién, solo para el personal; cada uno con lo suyo de un mismo cambio', async () => {
    const [ofApp, ofStaff] = [await listen(), await listen(staffWith('SUPPORT'))];
    await eventually(() => expect([ofApp.frames.length, ofStaff.frames.length]).toEqual([1, 1]));
    await set();
    await eventually(() => expect([ofApp.frames.length, ofStaff.frames.length]).toEqual([2, 2]));

    const why = ({ frames }: typeof ofApp): string =>
      frames[1]?.features.find(({ code }: { code: string }) => code === 'BATCH_CONTROL').explanation;
    expect(why(ofStaff)).toContain('Mora de 60 días');
    expect(why(ofApp)).not.toContain('Mora');
  });

  it('la app escucha antes de que su instancia exista; los demás, NOT_FOUND, y un cursor de otro, INVALID_CURSOR', async () => {
    await emptyTables(prisma);
    const early = await listen();
    await eventually(() => expect(enabledIn(early)).toEqual([[]]));
    await sellNorte(reacting());
    await eventually(() => expect(enabledIn(early).at(-1)).toEqual(both));
    expect(salesOfNorte.length).toBeGreaterThan(0);

    const refusals: [Awaited<ReturnType<typeof listen>>, string, string][] = [
      [await listen(admin, id('e', 2)), 'NOT_FOUND', 'instanceId'],
      [await listen(customerWith('CUSTOMER_ADMIN', id('c', 2))), 'NOT_FOUND', 'instanceId'],
      [await listen(app, 'no es un uuid'), 'VALIDATION_FAILED', 'instanceId'],
      [await listen(app, norte, 'c3RhdHVzOnYxOjE'), 'INVALID_CURSOR', 'after'],
    ];
    for (const [one, code, field] of refusals) {
      await eventually(() => expect(one.errors[0]?.extensions).toMatchObject({ code, field }));
      expect(one.frames).toEqual([]);
    }
  });

  it('la conexión que escucha a PostgreSQL se corta: lo que cambió entretanto llega igual', async () => {
    const one = await listen();
    await eventually(() => expect(one.frames).toHaveLength(1));
    await prisma.$executeRaw`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'answers-bell'`;
    const subscription = await subscriptionId();
    await prisma.$executeRaw`UPDATE feature_projection SET retired_at = now() WHERE code = 'BATCH_CONTROL'`;
    expect(subscription).not.toBe('');

    await eventually(() => expect(enabledIn(one)).toEqual([both, ['APPOINTMENTS']]));
  });
});
