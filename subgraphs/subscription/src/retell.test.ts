import type { PrismaClient } from '@farutech/prisma/subscription';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../../tests/support/postgres.ts';
import { openPrisma } from './persistence/open-prisma.ts';
import { createReaction, createUnitOfWork } from './persistence/unit-of-work.ts';
import { retell } from './retell.ts';
import { deliver } from './testing/deliver.ts';
import { after, id, planFact, provisionedFact, requestedFact, statusFact } from './testing/facts.ts';
import { freshSubscriptionDatabase, ignoreLostConnection } from './testing/subscription-database.ts';
import { cancelSubscription } from './use-cases/cancel-subscription.ts';
import { changePlan } from './use-cases/change-plan.ts';
import { resumeSubscription } from './use-cases/resume-subscription.ts';
import { settleNextChange } from './use-cases/settle-next-change.ts';
import { suspendSubscription } from './use-cases/suspend-subscription.ts';

const names = [
  'pendiente',
  'activa',
  'suspendida',
  'reanudada',
  'cancelada',
  'vencida',
  'retirada',
  'cambiada',
] as const;
type Name = (typeof names)[number];
const instanceOf = (name: Name): string => id('e', names.indexOf(name) + 1);
const cause = { actor: 'billing', correlationId: id('7', 1) };

let postgres: TestPostgres;
let prisma: PrismaClient;
let databaseUrl: string;
let now = after(100);
const clock = () => now;

const sold = async (name: Name) =>
  (await prisma.planSubscription.findUniqueOrThrow({ where: { tenantInstanceId: instanceOf(name) } })).id;

beforeAll(async () => {
  postgres = await startTestPostgres();
  databaseUrl = await freshSubscriptionDatabase(postgres, 'retell');
  prisma = openPrisma({ databaseUrl, onError: ignoreLostConnection });
  const parts = { unitOfWork: createUnitOfWork({ prisma, newId: v7, clock }), newId: v7, clock };
  const react = createReaction({ prisma, newId: v7, clock });
  const hear = (event: ReturnType<typeof planFact>) =>
    deliver({ react, newId: v7, clock }, { messageId: v7(), event });
  await hear(planFact());
  await hear(planFact({ planId: id('b', 2), code: 'VET_ENTERPRISE', maxUsers: 100 }));
  for (const name of names) {
    const instanceId = instanceOf(name);
    await hear(
      requestedFact({ instanceId, expiresAt: name === 'vencida' ? after(250).toISOString() : null }),
    );
    if (name !== 'pendiente' && name !== 'retirada') await hear(provisionedFact({ instanceId }));
  }
  const reason = 'Mora';
  now = after(200);
  for (const name of ['suspendida', 'reanudada'] as const) {
    await suspendSubscription(parts, cause, { id: await sold(name), reason });
  }
  const reach = { kind: 'everything' } as const;
  await cancelSubscription(parts, cause, { id: await sold('cancelada'), reason, reach, effectiveAt: null });
  const toEnterprise = { planCode: 'VET_ENTERPRISE', effectiveAt: null, idempotencyKey: null };
  await changePlan(parts, cause, { ...toEnterprise, subscriptionId: await sold('cambiada') });
  await hear(statusFact({ instanceId: instanceOf('retirada'), version: 2, status: 'DECOMMISSIONED' }));
  now = after(300);
  await resumeSubscription(parts, cause, await sold('reanudada'));
  while ((await settleNextChange(parts, now)) !== undefined);
  now = after(400);
}, 60_000);
afterAll(async () => {
  await prisma.$disconnect();
  await postgres.close();
});

/** Nombre, revisión e instante de lo que el buzón guarda de una instancia, en su orden. */
async function toldOf(name: Name) {
  const rows = await prisma.outbox.findMany({
    where: { aggregateId: instanceOf(name) },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ name: fact, data, messageId }) => {
    const { revision, planId, instanceId, ...rest } = data as Record<string, unknown>;
    const at = Object.entries(rest).find(([key]) => key.endsWith('At'))?.[1];
    return { messageId, told: [fact.replace('PlanSubscription', ''), revision, at] };
  });
}

describe('contar otra vez lo presente', () => {
  it('repite, con las mismas revisiones y fechas, lo que sigue siendo verdad', async () => {
    const before = new Map(await Promise.all(names.map(async (name) => [name, await toldOf(name)] as const)));

    expect(await retell({ databaseUrl, newId: v7, clock })).toEqual({ facts: 11 });

    const again = async (name: Name) => (await toldOf(name)).slice(before.get(name)?.length ?? 0);
    const first = (name: Name) => before.get(name)?.map(({ told }) => told);
    expect(await again('pendiente')).toEqual([]);
    for (const name of ['activa', 'suspendida', 'cancelada', 'vencida', 'retirada', 'cambiada'] as const) {
      expect(
        (await again(name)).map(({ told }) => told),
        name,
      ).toEqual(first(name));
    }
    expect((await again('reanudada')).map(({ told }) => told.slice(0, 2))).toEqual([['Activated', 4]]);
    const ids = (await Promise.all(names.map(toldOf))).flat().map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('cada hecho vuelve entero: quien no sabía nada lo puede guardar', async () => {
    const [row] = await prisma.outbox.findMany({
      where: { aggregateId: instanceOf('suspendida'), name: 'PlanSubscriptionActivated' },
      orderBy: { id: 'desc' },
    });

    expect(row?.data).toMatchObject({
      subscriptionId: await sold('suspendida'),
      planCode: 'VET_PROFESSIONAL',
      planVersion: 1,
      maxUsers: 25,
      revision: 2,
    });
  });

  it('la que cambió de plan vuelve con el que tiene y sus plazas', async () => {
    const [row] = await prisma.outbox.findMany({
      where: { aggregateId: instanceOf('cambiada'), name: 'PlanSubscriptionChanged' },
      orderBy: { id: 'desc' },
    });

    expect(row?.data).toMatchObject({ planCode: 'VET_ENTERPRISE', maxUsers: 100, revision: 3 });
  });

  it('de muchas, por tandas, no se deja ninguna', async () => {
    const [base] = await prisma.planSubscription.findMany({
      where: { tenantInstanceId: instanceOf('activa') },
    });
    const states = await prisma.subscriptionState.findMany({ where: { subscriptionId: base?.id ?? '' } });
    const copies = Array.from({ length: 450 }, () => v7());
    if (base === undefined) throw new TypeError('no está');
    await prisma.planSubscription.createMany({
      data: copies.map((copy) => ({ ...base, id: copy, tenantInstanceId: v7() })),
    });
    await prisma.subscriptionState.createMany({
      data: copies.flatMap((subscriptionId) =>
        states.map(({ id: _, ...state }) => ({ ...state, subscriptionId })),
      ),
    });

    expect(await retell({ databaseUrl, newId: v7, clock })).toEqual({ facts: 11 + 450 });
  });
});
