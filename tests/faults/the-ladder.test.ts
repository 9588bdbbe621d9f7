import { afterAll, beforeAll, expect, it } from 'vitest';
import { TransientError } from '../../packages/kernel/src/errors.ts';
import { type Messaging, openMessaging } from '../../packages/messaging/src/connection.ts';
import { on } from '../../packages/messaging/src/consume.ts';
import { about, lookAt, note, noted } from '../../packages/messaging/src/testing/messaging-probe.ts';
import type { RunningSubgraph } from '../../packages/subgraph/src/start-subgraph.ts';
import { parseTenancyConfig } from '../../subgraphs/tenancy/src/config.ts';
import { startTenancy } from '../../subgraphs/tenancy/src/start.ts';
import { viewerOf } from '../../subgraphs/tenancy/src/testing/builders.ts';
import { ask, testSecret } from '../../subgraphs/tenancy/src/testing/tenancy-client.ts';
import {
  startTenancyDatabase,
  type TenancyDatabase,
} from '../../subgraphs/tenancy/src/testing/tenancy-database.ts';
import { eventually } from '../support/eventually.ts';
import { startTestNats, type TestNats } from '../support/nats.ts';
import { proving, recordProof } from '../support/proof.ts';
import { quietLog } from '../support/quiet-log.ts';

const ladder = [500, 1_000, 2_000, 4_000] as const;
const poisonous = 50;
const transient = 50;
/** Con la máquina ocupada por otras pruebas, el temporizador de quien atiende también llega tarde. */
const busyMs = proving ? 100 : 3_000;
const admin = viewerOf('PLATFORM_ADMIN');

let nats: TestNats;
let database: TenancyDatabase;
let messaging: Messaging;
let eye: Awaited<ReturnType<typeof lookAt>>;
let tenancy: RunningSubgraph | undefined;

beforeAll(async () => {
  [nats, database] = await Promise.all([startTestNats(), startTenancyDatabase()]);
  eye = await lookAt(nats.url);
  messaging = openMessaging({ servers: nats.url, name: 'escalera', log: quietLog('escalera') });
  await eventually(() => messaging.check());
  await eventually(() => eye.manager.streams.info('DLQ'));
}, 120_000);
afterAll(async () => {
  await messaging?.close();
  await tenancy?.close();
  await eye?.close();
  await Promise.all([nats?.close(), database?.close()]);
}, 60_000);

it('50 envenenados y 50 que sanan suben la escalera sin nadie que guarde cartas: 50 cartas, 50 hechos; reenviadas, hechas', async () => {
  const triedAt = new Map<number, number[]>();
  const done: number[] = [];
  let mended = false;
  messaging.consume({
    durable: 'escalera',
    stream: 'EVENT',
    filterSubject: 'farutech.event.probe.>',
    concurrency: 64,
    handlers: [
      on(noted, async ({ n }) => {
        const tries = [...(triedAt.get(n) ?? []), performance.now()];
        triedAt.set(n, tries);
        const poison = n < poisonous;
        if (poison ? !mended : tries.length < 5) throw new TransientError('BUSY', `intento ${tries.length}`);
        done.push(n);
      }),
    ],
  });
  const ids = Array.from({ length: poisonous + transient }, (_, n) => n);
  await Promise.all(ids.map((n) => messaging.publish(note(`m-${n}`, n, about(n)))));

  await eventually(async () => expect((await eye.deadLetters()).length).toBe(poisonous), {
    withinMs: 30_000,
    everyMs: 100,
  });
  await eventually(() => expect(done).toHaveLength(transient));

  const worst = ladder.map(() => ({ least: Number.POSITIVE_INFINITY, most: 0 }));
  for (const [n, tries] of triedAt) {
    expect(tries, `mensaje ${n}`).toHaveLength(5);
    for (const [step, wanted] of ladder.entries()) {
      const gap = (tries[step + 1] ?? 0) - (tries[step] ?? 0);
      expect(gap, `espera ${step + 1} de ${n}`).toBeGreaterThan(wanted * 0.9);
      expect(gap, `espera ${step + 1} de ${n}`).toBeLessThan(wanted * 1.1 + busyMs);
      const seen = worst[step];
      if (seen) Object.assign(seen, { least: Math.min(seen.least, gap), most: Math.max(seen.most, gap) });
    }
  }
  expect(done.toSorted((a, b) => a - b)).toEqual(ids.slice(poisonous));

  // Ahora llega quien las guarda: están todas, una vez cada una.
  tenancy = await startTenancy(
    parseTenancyConfig({
      DATABASE_URL: database.url,
      TENANTS_DATABASE_URL: database.url,
      NATS_URL: nats.url,
      PORT: '0',
      INTERNAL_TOKEN_SECRET: testSecret.reveal(),
    }),
    quietLog('tenancy-test'),
  );
  const { url } = tenancy;
  const letters = await eventually(
    async () => {
      const rows = await database.prisma.deadLetter.findMany();
      expect(rows).toHaveLength(poisonous);
      return rows;
    },
    { withinMs: 20_000 },
  );
  expect(letters.every(({ worker, attempts }) => worker === 'escalera' && attempts === 5)).toBe(true);

  mended = true;
  const replay = 'mutation ($id: ID!) { replayDeadLetter(id: $id) { replays replayedAt } }';
  for (const { id } of letters) {
    const { data, errors } = await ask(url, admin, replay, { id });
    expect(errors).toBeUndefined();
    expect(data?.replayDeadLetter).toMatchObject({ replays: 1, replayedAt: expect.any(String) });
  }

  await eventually(() => expect(new Set(done).size).toBe(poisonous + transient), { withinMs: 20_000 });
  expect(done, 'cada uno se hizo una vez').toHaveLength(poisonous + transient);
  const { data } = await ask(url, admin, '{ overview { openDeadLetters } }');
  expect(data?.overview.openDeadLetters).toBe(0);
  await recordProof('the-ladder', {
    'poison messages → dead letters': `${poisonous} → ${letters.length}`,
    'transient messages → done': `${transient} → ${transient}`,
    ...Object.fromEntries(
      ladder.map((wanted, step) => [
        `gap of ${wanted} ms, seen (ms)`,
        `${worst[step]?.least.toFixed(0)}–${worst[step]?.most.toFixed(0)}`,
      ]),
    ),
    'replayed → done': `${letters.length} → ${done.length - transient}`,
  });
}, 120_000);
