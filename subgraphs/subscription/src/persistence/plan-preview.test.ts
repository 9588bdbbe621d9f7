import type { PrismaClient } from '@farutech/prisma/subscription';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../../../tests/support/postgres.ts';
import { proving, recordProof } from '../../../../tests/support/proof.ts';
import { seeded } from '../../../../tests/support/random.ts';
import { sha256 } from '../digest.ts';
import { effectiveFeatures } from '../domain/effective-features.ts';
import { moveText } from '../domain/plan-preview.ts';
import { deliver } from '../testing/deliver.ts';
import { after, id, planFact } from '../testing/facts.ts';
import { featureCodes, sellMany } from '../testing/many-subscribers.ts';
import { freshSubscriptionDatabase, ignoreLostConnection } from '../testing/subscription-database.ts';
import { changePlan } from '../use-cases/change-plan.ts';
import { openPrisma } from './open-prisma.ts';
import { readEntitlements } from './queries/entitlements.ts';
import { planPreview } from './queries/plan-preview.ts';
import { createReaction, createUnitOfWork } from './unit-of-work.ts';

/** `make test` mira una muestra. */
const count = proving ? 18_000 : 200;
const now = after(10_000);
const clock = () => now;
const cause = { actor: 'billing@farutech.test', correlationId: id('7', 1) };
const offer = {
  planCode: 'VET_PROFESSIONAL',
  includedFeatures: featureCodes.filter((_, n) => n % 2 === 0),
  maxUsers: 33,
};

let postgres: TestPostgres;
let prisma: PrismaClient;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const databaseUrl = await freshSubscriptionDatabase(postgres, 'preview');
  prisma = openPrisma({ databaseUrl, onError: ignoreLostConnection });
  await sellMany(prisma, count, seeded(20_260_301), now);
}, 120_000);
afterAll(async () => {
  await prisma.$disconnect();
  await postgres.close();
});

/** Cada fila de cada tabla: si una cambia, cambia esto. */
async function everyRow(): Promise<readonly unknown[]> {
  const tables = await prisma.$queryRaw<readonly { name: string }[]>`
    SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`;
  const counted = tables.map(
    ({ name }) =>
      `SELECT '${name}' AS name, count(*)::int, md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM ${name} t`,
  );
  return await prisma.$queryRawUnsafe(`${counted.join(' UNION ALL ')} ORDER BY name`);
}

/** Lo que cada instancia puede usar, por la lectura de siempre. */
async function enabledOfAll(): Promise<ReadonlyMap<string, readonly string[]>> {
  const enabled = new Map<string, readonly string[]>();
  for (let from = 1; from <= count; from += 1_000) {
    const ids = Array.from({ length: Math.min(1_000, count - from + 1) }, (_, n) => id('e', from + n));
    for (const [instanceId, entitlement] of await readEntitlements(
      prisma,
      { kind: 'everything' },
      ids,
      now,
    )) {
      const { features } = effectiveFeatures(entitlement, now);
      enabled.set(
        instanceId,
        features.filter((one) => one.enabled).map(({ code }) => code),
      );
    }
  }
  return enabled;
}

/** Quienes tienen el plan y pueden cambiarlo, según la fila presente. */
async function movable() {
  return await prisma.planSubscription.findMany({
    where: { status: { in: ['ACTIVE', 'SUSPENDED'] }, planId: { in: [id('b', 1), id('b', 2), id('b', 3)] } },
    select: { id: true, tenantInstanceId: true },
  });
}

async function publishAndMove(subscribers: readonly { id: string }[]): Promise<void> {
  const parts = { unitOfWork: createUnitOfWork({ prisma, newId: v7, clock }), newId: v7, clock };
  const react = createReaction({ prisma, newId: v7, clock });
  const { planCode, includedFeatures, maxUsers } = offer;
  const event = planFact({ planId: id('b', 4), code: planCode, version: 4, includedFeatures, maxUsers });
  await deliver({ react, newId: v7, clock }, { messageId: 'v4', event });
  const waiting = [...subscribers];
  const mover = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const input = { subscriptionId: next.id, planCode, effectiveAt: null, idempotencyKey: null };
      await changePlan(parts, cause, input);
    }
  };
  await Promise.all(Array.from({ length: 8 }, mover));
}

it('lo que enseña es lo que luego hace mover, con el mismo hash, y mirar no escribe nada', async () => {
  const look = planPreview(prisma, clock, sha256);
  const rows = await everyRow();
  const startedAt = performance.now();

  const seen = await look(offer);

  const tookMs = Math.round(performance.now() - startedAt);
  expect(await everyRow()).toEqual(rows);
  expect(tookMs).toBeLessThan(5_000);
  expect(seen.asOf).toEqual(now);

  const before = await enabledOfAll();
  const subscribers = await movable();
  await publishAndMove(subscribers);
  const afterwards = await enabledOfAll();

  const moved = subscribers.map(({ tenantInstanceId: instanceId }) => {
    const [was = [], is = []] = [before.get(instanceId), afterwards.get(instanceId)];
    const gained = is.filter((code) => !was.includes(code));
    return { instanceId, gained, lost: was.filter((code) => !is.includes(code)) };
  });
  expect(seen.affected).toBe(moved.length);
  expect(seen.hash).toBe(sha256(moveText(offer.maxUsers, moved)));
  const touched = new Set(moved.map(({ instanceId }) => instanceId));
  const rest = [...before].filter(([instanceId]) => !touched.has(instanceId));
  for (const [instanceId, enabled] of rest) expect(afterwards.get(instanceId)).toEqual(enabled);
  const changed = moved.filter(({ gained, lost }) => gained.length + lost.length > 0);
  expect(seen.changes.length).toBe(changed.length);
  expect([changed.length, rest.length, moved.length - changed.length].every((some) => some > 0)).toBe(true);

  // Quienes ya se movieron ni ganan ni pierden: mirar otra vez lo dice.
  expect(await look(offer)).toMatchObject({ affected: moved.length, changes: [] });
  await recordProof('plan-preview', {
    instances: count,
    'subscribers of the plan': seen.affected,
    'of them, gain or lose a feature': seen.changes.length,
    'preview, ms': tookMs,
    'rows written by it': 0,
    'instances where the move did something else': 0,
  });
}, 600_000);
