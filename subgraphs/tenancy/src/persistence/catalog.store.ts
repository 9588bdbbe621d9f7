import type { CatalogStore } from '../domain/ports.ts';
import type { TenancyPrisma, Transaction } from './open-prisma.ts';

/** También fuera de una transacción: cada uno de sus cambios es una sentencia. */
export const catalogStore = (db: Transaction | TenancyPrisma): CatalogStore => ({
  product: (code) => db.productProjection.findUnique({ where: { code } }),
  newestPlan: (code) => db.planProjection.findFirst({ where: { code }, orderBy: { version: 'desc' } }),

  async keepProduct({ productId, code, name, revision }) {
    await db.$executeRaw`
      INSERT INTO product_projection AS kept (product_id, code, name, revision)
      VALUES (${productId}::uuid, ${code}, ${name}, ${revision})
      ON CONFLICT (product_id) DO UPDATE
        SET code = EXCLUDED.code, name = EXCLUDED.name, revision = EXCLUDED.revision
        WHERE kept.revision < EXCLUDED.revision`;
  },

  async keepPlan(plan) {
    // Una versión publicada no cambia; lo único que puede llegar después es su retirada.
    await db.$executeRaw`
      INSERT INTO plan_projection AS kept
        (plan_id, code, version, product_id, product_code, name, max_users, published_at, retired_at)
      VALUES (${plan.planId}::uuid, ${plan.code}, ${plan.version}, ${plan.productId}::uuid, ${plan.productCode},
        ${plan.name}, ${plan.maxUsers}, ${plan.publishedAt.toISOString()}::timestamptz,
        ${plan.retiredAt?.toISOString() ?? null}::timestamptz)
      ON CONFLICT (plan_id) DO UPDATE SET retired_at = coalesce(kept.retired_at, EXCLUDED.retired_at)`;
  },

  async retirePlan(code, retiredAt) {
    await db.planProjection.updateMany({
      where: { code, retiredAt: null, publishedAt: { lte: retiredAt } },
      data: { retiredAt },
    });
  },
});
