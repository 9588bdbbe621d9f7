import { Secret } from '@farutech/kernel/secret';
import type { PrismaClient } from '@farutech/prisma/subscription';
import type { RunningSubgraph } from '@farutech/subgraph/start-subgraph';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../../../tests/support/postgres.ts';
import { quietLog } from '../../../../tests/support/quiet-log.ts';
import { openPrisma } from '../persistence/open-prisma.ts';
import { createReaction } from '../persistence/unit-of-work.ts';
import { startSubscription } from '../start.ts';
import { deliver } from '../testing/deliver.ts';
import { after, featureRetiredFact, id, norte, provisionedFact, requestedFact } from '../testing/facts.ts';
import {
  type Answer,
  childApp,
  customerWith,
  refusal,
  staffWith,
  subscriptionClient,
} from '../testing/subscription-client.ts';
import { freshSubscriptionDatabase, ignoreLostConnection } from '../testing/subscription-database.ts';
import { admin } from '../testing/subscription-requests.ts';
import { sellNorte } from '../testing/world-of-norte.ts';

const secret = new Secret('un-secreto-interno-de-las-pruebas-de-suscripciones');
const ask = subscriptionClient(secret);
const [sur, este] = [id('e', 2), id('e', 3)];

let postgres: TestPostgres;
let prisma: PrismaClient;
let running: RunningSubgraph;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const databaseUrl = await freshSubscriptionDatabase(postgres, 'preview_api');
  prisma = openPrisma({ databaseUrl, onError: ignoreLostConnection });
  running = await startSubscription(
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
  const clock = () => after(100);
  const parts = { react: createReaction({ prisma, newId: v7, clock }), newId: v7, clock };
  await sellNorte(parts);
  for (const instanceId of [sur, este]) {
    await deliver(parts, { messageId: `r${instanceId}`, event: requestedFact({ instanceId }) });
    await deliver(parts, { messageId: `p${instanceId}`, event: provisionedFact({ instanceId }) });
  }
}, 60_000);
afterAll(async () => {
  await running.close();
  await prisma.$disconnect();
  await postgres.close();
});

const document = `query ($input: PreviewPlanInput!, $first: Int, $after: String) { previewPlan(input: $input) {
  hash asOf affectedInstances
  changes(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
    edges { node { instanceId gained lost instance { id effectiveFeatures { enabled } } } } } } }`;
const preview = (viewer = admin, changes: object = {}, page: object = {}): Promise<Answer> =>
  ask(running.url, viewer, document, {
    input: {
      planCode: 'VET_PROFESSIONAL',
      includedFeatures: ['LAB_RESULTS', 'APPOINTMENTS'],
      maxUsers: 30,
      ...changes,
    },
    ...page,
  });

describe('mirar antes de publicar', () => {
  it('dice a quién le pasa y qué gana y pierde cada uno', async () => {
    const { errors, data } = await preview();

    expect(errors).toEqual([]);
    expect(data.previewPlan).toMatchObject({
      hash: expect.stringMatching(/^[\w-]{22}$/),
      affectedInstances: 3,
      changes: { totalCount: 3, pageInfo: { hasNextPage: false } },
    });
    const byId = new Map(
      data.previewPlan.changes.edges.map(({ node }: { node: { instanceId: string } }) => [
        node.instanceId,
        node,
      ]),
    );
    expect(byId.get(norte)).toEqual({
      instanceId: norte,
      gained: ['LAB_RESULTS'],
      lost: ['BATCH_CONTROL'],
      instance: { id: norte, effectiveFeatures: { enabled: ['APPOINTMENTS', 'BATCH_CONTROL'] } },
    });
  });

  it('por páginas salen todas, una vez cada una', async () => {
    const seen: string[] = [];
    const read = async (cursor: string | null): Promise<void> => {
      const { changes } = (await preview(admin, {}, { first: 1, after: cursor })).data.previewPlan;
      seen.push(...changes.edges.map(({ node }: { node: { instanceId: string } }) => node.instanceId));
      if (changes.pageInfo.hasNextPage) await read(changes.pageInfo.endCursor);
    };
    await read(null);

    expect(seen.toSorted()).toEqual([norte, sur, este]);
  });

  it('el hash es de lo que pasaría: el orden y lo repetido no lo cambian; las plazas, sí', async () => {
    const hashOf = async (changes: object) => (await preview(admin, changes)).data.previewPlan.hash;
    const hash = await hashOf({});

    expect(await hashOf({ includedFeatures: ['APPOINTMENTS', 'LAB_RESULTS', 'APPOINTMENTS'] })).toBe(hash);
    expect(await hashOf({ maxUsers: 31 })).not.toBe(hash);
    expect(await hashOf({ includedFeatures: ['LAB_RESULTS'] })).not.toBe(hash);
  });

  it('lo mismo que ya tienen no cambia nada a nadie', async () => {
    const same = await preview(admin, { includedFeatures: ['APPOINTMENTS', 'BATCH_CONTROL'] });

    expect(same.data.previewPlan).toMatchObject({
      affectedInstances: 3,
      changes: { totalCount: 0, edges: [] },
    });
  });

  it('facturación también; SUPPORT, el cliente y las apps no', async () => {
    expect((await preview(staffWith('BILLING'))).errors).toEqual([]);
    const others = [staffWith('SUPPORT'), customerWith('CUSTOMER_ADMIN'), childApp(norte)];
    for (const viewer of others) expect(refusal(await preview(viewer))[0]).toBe('FORBIDDEN');
  });

  it.each<[string, object, object, string, string]>([
    ['un plan de nadie', { planCode: 'VET_GOLD' }, {}, 'NOT_FOUND', 'planCode'],
    ['con un carácter nulo', { planCode: 'VET\0' }, {}, 'NOT_FOUND', 'planCode'],
    ['una función de nadie', { includedFeatures: ['GPS'] }, {}, 'FEATURE_NOT_IN_PRODUCT', 'includedFeatures'],
    ['ninguna plaza', { maxUsers: 0 }, {}, 'VALIDATION_FAILED', 'maxUsers'],
    ['demasiadas plazas', { maxUsers: 1_000_001 }, {}, 'VALIDATION_FAILED', 'maxUsers'],
    ['página de 0', {}, { first: 0 }, 'VALIDATION_FAILED', 'first'],
    ['página de 101', {}, { first: 101 }, 'VALIDATION_FAILED', 'first'],
    ['un cursor inventado', {}, { after: 'nada' }, 'INVALID_CURSOR', 'after'],
  ])('%s: su código y su campo', async (_name, changes, page, code, field) => {
    expect(refusal(await preview(admin, changes, page))).toEqual([code, field]);
  });

  it('una función retirada no se puede vender de nuevo', async () => {
    const clock = () => after(200);
    const parts = { react: createReaction({ prisma, newId: v7, clock }), newId: v7, clock };
    await deliver(parts, { messageId: 'retired', event: featureRetiredFact('LAB_RESULTS', 200) });

    expect(refusal(await preview())).toEqual(['FEATURE_RETIRED', 'includedFeatures']);
  });
});
