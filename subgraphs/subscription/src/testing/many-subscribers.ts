import type { Prisma, PrismaClient } from '@farutech/prisma/subscription';
import type { SubscriptionStatus } from '../domain/entitlement.ts';
import { after, farutechVet, grupoExito, id } from './facts.ts';

export const featureCodes = Array.from({ length: 12 }, (_, n) => `FEATURE_${String(n + 1).padStart(2, '0')}`);
const retiredCode = 'FEATURE_12';

type Dice = () => number;
const pick = <T>(dice: Dice, ...choices: readonly [T, ...T[]]): T =>
  choices[Math.floor(dice() * choices.length)] ?? choices[0];
const some = (dice: Dice): string[] => featureCodes.filter(() => dice() < 0.5);

const planRow = (
  code: string,
  version: number,
  planId: string,
  includedFeatures: string[],
  maxUsers: number,
) => ({
  planId,
  productId: farutechVet,
  code,
  version,
  name: code,
  type: 'PROFESSIONAL',
  price: '49.90',
  currency: 'USD',
  interval: 'MONTH',
  includedFeatures,
  maxUsers,
  publishedAt: after(version),
});

/** Las tres versiones del plan que se mira, y otros dos que no. */
const versions = [id('b', 1), id('b', 2), id('b', 3)] as const;
const others = [id('b', 10), id('b', 11)] as const;

/** Lo que se sabe de una instancia, al azar: casi todas en marcha, y de cada rareza unas cuantas. */
function situation(n: number, dice: Dice, now: Date) {
  const subscriptionId = id('5', n);
  const instanceId = id('e', n);
  const inDays = (days: number): Date => new Date(+now + days * 86_400_000);
  const planId = dice() < 0.75 ? pick(dice, ...versions) : pick(dice, ...others);
  const status = pick<SubscriptionStatus>(
    dice,
    'ACTIVE',
    'ACTIVE',
    'ACTIVE',
    'ACTIVE',
    'ACTIVE',
    'SUSPENDED',
    'PENDING',
    'CANCELLED',
  );
  const terms = {
    planId,
    startsAt: dice() < 0.9 ? after(0) : inDays(3),
    expiresAt: pick(dice, null, null, null, inDays(30), inDays(5), new Date(+now - 1)),
  };
  const bought = {
    ...terms,
    expiresAt: terms.expiresAt !== null && terms.expiresAt <= terms.startsAt ? null : terms.expiresAt,
  };
  const known = { subscriptionId, knownFrom: after(20), knownTo: null, reason: null, changedBy: null };
  const state: Prisma.SubscriptionStateCreateManyInput = {
    ...known,
    ...bought,
    status,
    validFrom: after(3),
    validTo: null,
  };
  const agreed = dice() < 0.1 && (status === 'ACTIVE' || status === 'SUSPENDED');
  const laterPlan = planId === others[0] ? others[1] : others[0];
  return {
    sold: {
      id: subscriptionId,
      customerId: grupoExito,
      tenantInstanceId: instanceId,
      productId: farutechVet,
      createdAt: after(n % 97),
      revision: 2,
      status,
      ...bought,
    },
    instance: {
      instanceId,
      customerId: grupoExito,
      productId: farutechVet,
      status: pick(dice, 'ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'PROVISIONING', 'SUSPENDED'),
      version: 2,
      provisionedAt: dice() < 0.9 ? after(10) : null,
    },
    states: agreed
      ? [
          { ...state, validTo: inDays(2) },
          { ...state, planId: laterPlan, validFrom: inDays(2) },
        ]
      : [state],
    scheduled: agreed
      ? [
          {
            id: id('d', n),
            subscriptionId,
            kind: 'PLAN' as const,
            planId: laterPlan,
            effectiveAt: inDays(2),
            requestedBy: 'billing',
            byCustomer: false,
            requestedAt: after(20),
          },
        ]
      : [],
    overrides: featureCodes
      .filter(() => dice() < 0.08)
      .map((featureCode) => ({
        id: id('6', n),
        subscriptionId,
        featureCode,
        overrideType: pick(dice, 'ENABLE' as const, 'DISABLE' as const),
        reason: 'De prueba.',
        createdBy: 'operator',
        createdAt: after(20),
        validFrom: after(20),
        validTo: pick(dice, null, inDays(1), new Date(+now - 1)),
        knownFrom: after(20),
        knownTo: null,
      })),
  };
}

const atOnce = 1_000;

/** Muchas suscripciones escritas de una vez: venderlas una a una tardaría lo que no se mide. `now` es el presente. */
export async function sellMany(prisma: PrismaClient, count: number, dice: Dice, now: Date): Promise<void> {
  await prisma.featureProjection.createMany({
    data: featureCodes.map((code, n) => ({
      featureId: id('f', n + 1),
      productId: farutechVet,
      code,
      name: code,
      addedAt: after(0),
      retiredAt: code === retiredCode ? after(50) : null,
    })),
  });
  await prisma.planProjection.createMany({
    data: [
      ...versions.map((planId, n) => planRow('VET_PROFESSIONAL', n + 1, planId, some(dice), 20 + n)),
      ...others.map((planId, n) => planRow(`VET_OTHER_${n}`, 1, planId, some(dice), 10)),
    ],
  });
  for (let from = 1; from <= count; from += atOnce) {
    const length = Math.min(atOnce, count - from + 1);
    const rows = Array.from({ length }, (_, n) => situation(from + n, dice, now));
    await prisma.instanceProjection.createMany({ data: rows.map(({ instance }) => instance) });
    await prisma.planSubscription.createMany({ data: rows.map(({ sold }) => sold) });
    await prisma.subscriptionState.createMany({ data: rows.flatMap(({ states }) => states) });
    await prisma.featureOverride.createMany({ data: rows.flatMap(({ overrides }) => overrides) });
    await prisma.scheduledChange.createMany({ data: rows.flatMap(({ scheduled }) => scheduled) });
  }
  await prisma.$executeRaw`ANALYZE`;
}
