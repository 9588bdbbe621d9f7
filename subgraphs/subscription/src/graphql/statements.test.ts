import { reachOf } from '@farutech/kernel/viewer';
import type { PrismaClient } from '@farutech/prisma/subscription';
import { graphql } from 'graphql';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../../../tests/support/postgres.ts';
import { quietLog } from '../../../../tests/support/quiet-log.ts';
import { sha256 } from '../digest.ts';
import { readEntitlements } from '../persistence/queries/entitlements.ts';
import { planPreview } from '../persistence/queries/plan-preview.ts';
import { planSubscriptionList } from '../persistence/queries/plan-subscription-list.ts';
import { subscriptionLoaders } from '../persistence/queries/subscription-loaders.ts';
import { createReaction, createUnitOfWork } from '../persistence/unit-of-work.ts';
import { after, id } from '../testing/facts.ts';
import { staffWith } from '../testing/subscription-client.ts';
import { type Counted, countedPrisma, freshSubscriptionDatabase } from '../testing/subscription-database.ts';
import { unheardAnswers } from '../testing/unheard-answers.ts';
import { sellNorte } from '../testing/world-of-norte.ts';
import type { SubscriptionContext } from './context.ts';
import { buildSubscriptionSchema } from './schema.ts';

const instances = Array.from({ length: 50 }, (_, n) => id('e', n + 1));
const clock = () => after(10_000);
const viewer = staffWith('SUPPORT');
let postgres: TestPostgres;
let counted: Counted;

/** Las demás son como norte, fila a fila: venderlas una a una tardaría lo que no se mide aquí. */
async function copyNorte(prisma: PrismaClient): Promise<void> {
  const { id: from, ...bought } = await prisma.planSubscription.findFirstOrThrow();
  const states = await prisma.subscriptionState.findMany({ where: { subscriptionId: from } });
  const instance = await prisma.instanceProjection.findFirstOrThrow();
  const others = instances.slice(1).map((instanceId) => ({ instanceId, subscriptionId: v7() }));
  await prisma.instanceProjection.createMany({
    data: others.map(({ instanceId }) => ({ ...instance, instanceId })),
  });
  await prisma.planSubscription.createMany({
    data: others.map((other) => ({
      ...bought,
      id: other.subscriptionId,
      tenantInstanceId: other.instanceId,
    })),
  });
  await prisma.subscriptionState.createMany({
    data: others.flatMap(({ subscriptionId }) =>
      states.map(({ id: _, ...state }) => ({ ...state, subscriptionId })),
    ),
  });
}

beforeAll(async () => {
  postgres = await startTestPostgres();
  counted = countedPrisma(await freshSubscriptionDatabase(postgres, 'statements'));
  const parts = { react: createReaction({ prisma: counted.prisma, newId: v7, clock }), newId: v7, clock };
  await sellNorte(parts);
  await copyNorte(counted.prisma);
}, 60_000);
afterAll(async () => {
  await counted.prisma.$disconnect();
  await postgres.close();
});

const contextOf = (): SubscriptionContext => ({
  viewer,
  correlationId: id('7', 1),
  log: quietLog('statements'),
  reach: reachOf(viewer),
  list: planSubscriptionList(counted.prisma, reachOf(viewer), clock),
  previewPlan: planPreview(counted.prisma, clock, sha256),
  loaders: subscriptionLoaders(counted.prisma, reachOf(viewer), clock),
  parts: { unitOfWork: createUnitOfWork({ prisma: counted.prisma, newId: v7, clock }), newId: v7, clock },
  digest: sha256,
  auditRefusal: async () => undefined,
});

const { schema } = await buildSubscriptionSchema(unheardAnswers);
const entities = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on TenantInstance {
  id
  subscription { id status plan { id } featureOverrides { featureCode } }
  effectiveFeatures { enabled version nextChangeAt features { code cause causes explanation } }
} } }`;

async function askEntities(some: readonly string[]) {
  const of = some.map((instanceId) => ({ __typename: 'TenantInstance', id: instanceId }));
  const result = await graphql({
    schema,
    source: entities,
    variableValues: { of },
    contextValue: contextOf(),
  });
  expect(result.errors).toBeUndefined();
  return result.data?._entities as readonly { effectiveFeatures: { enabled: string[] } }[];
}

describe('cuántas sentencias cuesta', () => {
  it.each([1, 50])('saberlo todo de %i instancias es una', async (count) => {
    const statements = await counted.statementsIn(async () => {
      const found = await readEntitlements(
        counted.prisma,
        reachOf(viewer),
        instances.slice(0, count),
        clock(),
      );
      expect(found.size).toBe(count);
    });

    expect(statements).toHaveLength(1);
  });

  it('effectiveFeatures, con todo lo que contesta, es una', async () => {
    const statements = await counted.statementsIn(async () => {
      const source = `{ effectiveFeatures(instanceId: "${instances[0]}") {
        version enabled maxUsers nextChangeAt evaluatedAt plan { id } instance { id }
        features { code enabled cause causes explanation feature { id } } } }`;
      const result = await graphql({ schema, source, contextValue: contextOf() });
      expect(result.data?.effectiveFeatures).toMatchObject({ enabled: ['APPOINTMENTS', 'BATCH_CONTROL'] });
    });

    expect(statements).toHaveLength(1);
  });

  it('colgadas de sus instancias, con suscripción y excepciones, son tres: igual para 5 que para 50', async () => {
    for (const count of [5, 50]) {
      const statements = await counted.statementsIn(async () => {
        const found = await askEntities(instances.slice(0, count));
        for (const { effectiveFeatures } of found) {
          expect(effectiveFeatures.enabled).toEqual(['APPOINTMENTS', 'BATCH_CONTROL']);
        }
        expect(found).toHaveLength(count);
      });
      expect(statements).toHaveLength(3);
    }
  });

  it.each([
    ['subscription_state', 'subscription_state_believed'],
    ['feature_override', 'feature_override_believed'],
  ])(
    'lo que hoy se cree en %s se busca por su índice, por larga que sea la historia',
    async (table, index) => {
      const plan = await counted.prisma.$transaction(async (tx) => {
        // Con cincuenta filas leerlas todas sale más barato: así se ve a qué índice iría con muchas.
        await tx.$executeRaw`SET LOCAL enable_seqscan = off`;
        const search = `EXPLAIN SELECT * FROM ${table} WHERE subscription_id = '${id('5', 1)}' AND known_to IS NULL`;
        return await tx.$queryRawUnsafe<readonly { 'QUERY PLAN': string }[]>(search);
      });

      expect(plan.map((line) => line['QUERY PLAN']).join(' ')).toContain(index);
    },
  );
});
