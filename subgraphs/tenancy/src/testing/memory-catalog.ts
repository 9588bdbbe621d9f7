import type { KnownPlan, KnownProduct } from '../domain/known-plan.ts';
import type { CatalogStore } from '../domain/ports.ts';

export interface CatalogTables {
  products: KnownProduct[];
  plans: KnownPlan[];
}

export function replace<Row>(rows: Row[], same: (row: Row) => boolean, row: Row): void {
  const at = rows.findIndex(same);
  if (at === -1) rows.push(row);
  else rows[at] = row;
}

export const memoryCatalog = (tables: () => CatalogTables): CatalogStore => ({
  product: async (code) => tables().products.find((one) => one.code === code) ?? null,
  newestPlan: async (code) =>
    tables()
      .plans.filter((one) => one.code === code)
      .toSorted((a, b) => b.version - a.version)[0] ?? null,
  async keepProduct(product) {
    const known = tables().products.find(({ productId }) => productId === product.productId);
    if (known !== undefined && known.revision >= product.revision) return;
    replace(tables().products, (one) => one === known, product);
  },
  async keepPlan(plan) {
    const known = tables().plans.find(({ planId }) => planId === plan.planId);
    const kept = known === undefined ? plan : { ...known, retiredAt: known.retiredAt ?? plan.retiredAt };
    replace(tables().plans, (one) => one === known, kept);
  },
  async retirePlan(code, retiredAt) {
    tables().plans = tables().plans.map((plan) =>
      plan.code === code && plan.retiredAt === null && plan.publishedAt <= retiredAt
        ? { ...plan, retiredAt }
        : plan,
    );
  },
});
