import { planLookup, planPublished, productChanged } from '@farutech/contracts/catalog';
import { type Messaging, openMessaging } from '@farutech/messaging/connection';
import { on } from '@farutech/messaging/consume';
import { createLogger } from '@farutech/runtime/logger';
import type { RunningSubgraph } from '@farutech/subgraph/start-subgraph';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { startTestNats, type TestNats } from '../../../tests/support/nats.ts';
import { startTestPostgres, type TestPostgres } from '../../../tests/support/postgres.ts';
import type { CatalogConfig } from './config.ts';
import { startCatalog } from './start.ts';
import { catalogClient, viewerOf } from './testing/catalog-client.ts';
import { freshCatalogDatabase } from './testing/catalog-database.ts';
import { testSecret } from './testing/catalog-world.ts';
import { at, type RawManifest, smallVet } from './testing/small-vet.ts';

const ask = catalogClient(testSecret);
const log = createLogger('catalog', { write: () => {} });

let postgres: TestPostgres;
let nats: TestNats;
let config: CatalogConfig;
let catalog: RunningSubgraph;
let listener: Messaging;
const heard: string[] = [];

async function apply(manifest: RawManifest): Promise<void> {
  const document = 'mutation ($manifest: JSON!) { applyProductManifest(manifest: $manifest) { applied } }';
  const { data } = await ask(catalog.url, viewerOf('PLATFORM_ADMIN'), document, { manifest });
  expect(data.applyProductManifest.applied).toBe(true);
}

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestPostgres(), startTestNats()]);
  config = {
    host: '127.0.0.1',
    port: 0,
    databaseUrl: await freshCatalogDatabase(postgres, 'telling'),
    natsUrl: nats.url,
    ackWaitMs: 30_000,
    pruneCron: '17 3 * * *',
    outboxKeepDays: 7,
    clock: () => new Date(),
    internalTokenSecret: testSecret,
    role: 'all',
  };
  catalog = await startCatalog(config, log);
  listener = openMessaging({ servers: nats.url, name: 'tenancy', log });
  listener.consume({
    durable: 'prueba-catalogo',
    stream: 'EVENT',
    filterSubject: 'farutech.event.catalog.>',
    concurrency: 4,
    handlers: [
      on(productChanged, async ({ code, revision }) => void heard.push(`${code} revisión ${revision}`)),
      on(planPublished, async ({ code, version, price }) => void heard.push(`${code} ${version} ${price}`)),
    ],
  });
});

afterAll(async () => {
  await listener?.close();
  await catalog?.close();
  await nats?.close();
  await postgres?.close();
});

it('cuenta lo que cambia, en orden y una vez', async () => {
  await apply(smallVet());
  await apply(smallVet());

  await eventually(() =>
    expect(heard).toEqual(['FARUTECH_VET revisión 1', 'VET_BASIC 1 19.90', 'VET_PROFESSIONAL 1 49.90']),
  );
});

it('contesta a quien pregunta por un plan que aún no conoce', async () => {
  const lookUp = async (planCode: string) =>
    planLookup.reply.parse(await listener.request(planLookup.subject, { planCode }, { timeoutMs: 2_000 }));

  const known = await eventually(() => lookUp('VET_PROFESSIONAL'));
  const unknown = await lookUp('VET_NADA');

  expect(known.productCodes).toEqual(['FARUTECH_VET']);
  expect(known.plan).toMatchObject({
    code: 'VET_PROFESSIONAL',
    version: 1,
    productCode: 'FARUTECH_VET',
    price: '49.90',
    includedFeatures: ['BATCH_CONTROL', 'DIGITAL_RECORDS'],
    retiredAt: null,
  });
  expect(unknown).toEqual({ plan: null, productCodes: ['FARUTECH_VET'] });
});

it('con NATS caído acepta y sigue lista; lo contado sale cuando vuelve', async () => {
  await nats.kill();
  const before = new Set(heard);
  heard.length = 0;
  const dearer = smallVet();
  at(dearer.plans, 1).price = '59.90';

  await apply(dearer);
  const ready = await fetch(new URL('/health/ready', catalog.url));
  expect(ready.status).toBe(200);
  expect(heard).toEqual([]);

  await nats.start();
  // Muerto de golpe, el servidor puede no haber guardado los últimos acuses, y entonces repite lo de antes.
  const told = (): readonly string[] => heard.filter((one) => !before.has(one));
  await eventually(() => expect(told()).toEqual(['VET_PROFESSIONAL 2 59.90']), { withinMs: 20_000 });
}, 40_000);

it('un proceso que solo cuenta no está listo sin NATS, y lo dice', async () => {
  const consumers = await startCatalog({ ...config, natsUrl: 'nats://127.0.0.1:1', role: 'consumers' }, log);
  try {
    const ready = await fetch(new URL('/health/ready', consumers.url));

    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ ok: false, checks: { database: 'ok' } });
    expect((await fetch(new URL('/health/live', consumers.url))).status).toBe(200);
  } finally {
    await consumers.close();
  }
});
