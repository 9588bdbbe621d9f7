import type { Prisma } from '@farutech/prisma/catalog';
import type { PlanStore } from '../domain/ports.ts';
import { newestPlanIds } from './newest-plan-ids.ts';
import { toPlanVersion, withProductAndFeatures } from './plan-version.ts';

export function planStore(tx: Prisma.TransactionClient): PlanStore {
  async function byIds(ids: string[]) {
    const rows = await tx.plan.findMany({ where: { id: { in: ids } }, include: withProductAndFeatures });
    return rows.map(toPlanVersion).toSorted((one, other) => (one.code < other.code ? -1 : 1));
  }

  return {
    async productOf(code) {
      const found = await tx.plan.findFirst({ where: { code }, select: { productId: true } });
      return found?.productId ?? null;
    },

    async takeNewest(codes) {
      if (codes.length === 0) return new Map();
      // Siempre en el mismo orden: dos manifiestos con los mismos códigos se esperan, y no se abrazan.
      await tx.$executeRaw`
        SELECT pg_advisory_xact_lock(hashtextextended('plan:' || sorted.code, 0))
        FROM (SELECT code FROM unnest(${[...codes]}::text[]) AS code ORDER BY code) AS sorted`;
      const plans = await byIds(await newestPlanIds(tx, { codes }));
      return new Map(plans.map((plan) => [plan.code, plan]));
    },

    newestOf: async (productId) => byIds(await newestPlanIds(tx, { productIds: [productId] })),

    async versionsOf(productId) {
      const rows = await tx.plan.findMany({
        where: { productId },
        include: withProductAndFeatures,
        orderBy: [{ code: 'asc' }, { version: 'asc' }],
      });
      return rows.map(toPlanVersion);
    },

    async publish({ includedFeatures, productCode: _, ...version }) {
      await tx.plan.create({ data: version });
      await tx.planFeature.createMany({
        data: includedFeatures.map(({ id }) => ({
          planId: version.id,
          featureId: id,
          productId: version.productId,
        })),
      });
    },

    async retire(code, at) {
      await tx.plan.updateMany({ where: { code, retiredAt: null }, data: { retiredAt: at } });
    },
  };
}
