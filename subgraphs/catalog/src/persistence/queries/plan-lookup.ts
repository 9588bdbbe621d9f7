import type { PublishedPlan } from '@farutech/contracts/catalog';
import type { Prisma } from '@farutech/prisma/catalog';
import { isCatalogCode } from '../../domain/catalog-code.ts';
import { toPublishedPlan } from '../../domain/plan.ts';
import { toPlanVersion, withProductAndFeatures } from '../plan-version.ts';

export interface PlanLookupAnswer {
  readonly plan: PublishedPlan | null;
  readonly productCodes: readonly string[];
}

/** Lo que otro subgrafo pregunta cuando su proyección aún no conoce un plan. */
export const lookUpPlan =
  (db: Prisma.TransactionClient) =>
  async (planCode: string): Promise<PlanLookupAnswer> => {
    const [row, products] = await Promise.all([
      !isCatalogCode(planCode)
        ? null
        : db.plan.findFirst({
            where: { code: planCode },
            orderBy: { version: 'desc' },
            include: withProductAndFeatures,
          }),
      db.product.findMany({ select: { code: true }, orderBy: { code: 'asc' } }),
    ]);
    return {
      plan: row && toPublishedPlan(toPlanVersion(row)),
      productCodes: products.map(({ code }) => code),
    };
  };
