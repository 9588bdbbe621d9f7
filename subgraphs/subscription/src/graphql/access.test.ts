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
import { after, grupoExito, id, norte } from '../testing/facts.ts';
import {
  childApp,
  customerWith,
  refusal,
  staffWith,
  subscriptionClient,
} from '../testing/subscription-client.ts';
import { freshSubscriptionDatabase, ignoreLostConnection } from '../testing/subscription-database.ts';
import { admin, batchControl, requestsAboutNorte } from '../testing/subscription-requests.ts';
import { sellNorte } from '../testing/world-of-norte.ts';

const secret = new Secret('un-secreto-interno-de-las-pruebas-de-suscripciones');
const ask = subscriptionClient(secret);
const foreign = id('c', 2);
const unknownInstance = id('e', 77);

let postgres: TestPostgres;
let prisma: PrismaClient;
let running: RunningSubgraph;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const databaseUrl = await freshSubscriptionDatabase(postgres, 'access');
  prisma = openPrisma({ databaseUrl, onError: ignoreLostConnection });
  const clock = () => after(100);
  await sellNorte({ react: createReaction({ prisma, newId: v7, clock }), newId: v7, clock });
  // Con ROLE=api nadie habla con NATS: esa dirección no existe.
  const natsUrl = 'nats://127.0.0.1:1';
  const config = {
    host: '127.0.0.1',
    port: 0,
    databaseUrl,
    natsUrl,
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

const { subscriptionId, askFeatures, askSubscription, set, clear } = requestsAboutNorte(
  ask,
  () => running.url,
  () => prisma,
);

describe('quién puede qué', () => {
  it('ni el motivo ni quién lo puso llegan a quien no es personal de Farutech', async () => {
    await set(staffWith('SUPPORT'), { expiresAt: '2999-01-01T00:00:00Z' });

    for (const viewer of [admin, staffWith('BILLING')]) {
      const { data } = await askSubscription(viewer);
      expect(data.planSubscription.featureOverrides).toEqual([
        { featureCode: 'BATCH_CONTROL', reason: 'Mora de 60 días', createdBy: 'support@farutech.test' },
      ]);
      expect(batchControl(await askFeatures(viewer)).explanation).toMatch(
        /support@farutech\.test.*Mora de 60 días/,
      );
    }
    for (const viewer of [customerWith('CUSTOMER_ADMIN'), customerWith('CUSTOMER_VIEWER'), childApp(norte)]) {
      const { data } = await askSubscription(viewer);
      expect(data.planSubscription).toMatchObject({
        status: 'ACTIVE',
        customer: { id: grupoExito },
        instance: { id: norte },
        featureOverrides: [{ featureCode: 'BATCH_CONTROL', reason: null, createdBy: null }],
      });
      const { explanation } = batchControl(await askFeatures(viewer));
      expect(explanation).toMatch(
        /disabled for this customer until 2999-01-01; VET_PROFESSIONAL v1 would include it/,
      );
      expect(explanation).not.toMatch(/support|Mora/);
    }
    await clear();
  });

  it('lo ajeno y lo que no existe se contestan igual', async () => {
    const entities = `query ($of: [_Any!]!) { _entities(representations: $of) {
      ... on TenantInstance { subscription { id } effectiveFeatures { enabled } }
      ... on PlanSubscription { id status } } }`;
    const of = [
      { __typename: 'TenantInstance', id: norte },
      { __typename: 'TenantInstance', id: unknownInstance },
      { __typename: 'TenantInstance', id: 'no-es-un-uuid' },
      { __typename: 'PlanSubscription', id: await subscriptionId() },
      { __typename: 'PlanSubscription', id: 'no-es-un-uuid' },
    ];

    for (const viewer of [customerWith('CUSTOMER_ADMIN', foreign), childApp(id('e', 2)), childApp('x')]) {
      expect(refusal(await askFeatures(viewer))).toEqual(['NOT_FOUND', 'instanceId']);
      expect(refusal(await askFeatures(viewer, unknownInstance))).toEqual(['NOT_FOUND', 'instanceId']);
      const { data } = await askSubscription(viewer);
      expect(data.planSubscription).toBeNull();
      const nothing = { subscription: null, effectiveFeatures: null };
      const answer = await ask(running.url, viewer, entities, { of });
      expect(answer.errors).toEqual([]);
      expect(answer.data._entities).toEqual([nothing, nothing, nothing, null, null]);
    }
  });

  it('BILLING, los clientes y las apps no tocan excepciones, y el intento queda anotado', async () => {
    const before = await prisma.auditEntry.count({ where: { outcome: 'REFUSED' } });
    const viewers = [staffWith('BILLING'), customerWith('CUSTOMER_ADMIN'), childApp(norte)];

    for (const viewer of viewers) {
      expect(refusal(await set(viewer))).toEqual(['FORBIDDEN', undefined]);
      expect(refusal(await clear(viewer))).toEqual(['FORBIDDEN', undefined]);
    }

    const refused = await prisma.auditEntry.findMany({ where: { outcome: 'REFUSED' } });
    expect(refused.length - before).toBe(6);
    expect(refused.at(-1)).toMatchObject({ code: 'FORBIDDEN', actor: childApp().sub });
    expect(await prisma.featureOverride.count({ where: { knownTo: null, validTo: null } })).toBe(0);
  });

  it.each<[string, object, string, string]>([
    ['otro producto', { featureCode: 'POS_RETURNS' }, 'FEATURE_NOT_IN_PRODUCT', 'featureCode'],
    ['una suscripción inventada', { subscriptionId: id('5', 9) }, 'NOT_FOUND', 'subscriptionId'],
    ['un id que no lo es', { subscriptionId: 'norte' }, 'VALIDATION_FAILED', 'subscriptionId'],
    ['sin motivo', { reason: '' }, 'VALIDATION_FAILED', 'reason'],
    ['un fin pasado', { expiresAt: '2020-01-01T00:00:00Z' }, 'VALIDATION_FAILED', 'expiresAt'],
    ['un fin que no es fecha', { expiresAt: 'mañana' }, 'VALIDATION_FAILED', 'expiresAt'],
    ['un tipo que no hay', { overrideType: 'TOGGLE' }, 'VALIDATION_FAILED', 'overrideType'],
  ])('setFeatureOverride con %s', async (_name, changes, code, field) => {
    expect(refusal(await set(admin, changes))).toEqual([code, field]);
  });
});
