import { isUuid } from '@farutech/kernel/ids';
import type { Prisma } from '@farutech/prisma/catalog';
import { isCatalogCode } from '../../domain/catalog-code.ts';
import { newestPlanIds } from '../newest-plan-ids.ts';
import { type PlanView, type ProductView, toPlanView } from './catalog-views.ts';

interface PageRequest {
  readonly first: number;
  readonly after: { readonly createdAt: Date; readonly id: string } | null;
}

export interface CatalogQueries {
  /** Una fila de más, para saber si sigue. */
  listProducts(page: PageRequest): Promise<readonly ProductView[]>;
  countProducts(): Promise<number>;
  /** Con los dos, el que cumpla ambos. */
  findProduct(by: { readonly id?: string; readonly code?: string }): Promise<ProductView | null>;
  newestPlans(productId: string): Promise<readonly PlanView[]>;
  /** La más nueva primero. */
  planVersions(code: string): Promise<readonly PlanView[]>;
  /** Sin versión, la última. */
  findPlan(code: string, version?: number): Promise<PlanView | null>;
}

const newestFirst = [{ createdAt: 'desc' as const }, { id: 'desc' as const }];

export function catalogQueries(db: Prisma.TransactionClient): CatalogQueries {
  return {
    listProducts: ({ first, after }) =>
      db.product.findMany({
        where:
          after === null
            ? {}
            : {
                createdAt: { lte: after.createdAt },
                OR: [
                  { createdAt: { lt: after.createdAt } },
                  { createdAt: after.createdAt, id: { lt: after.id } },
                ],
              },
        orderBy: newestFirst,
        take: first + 1,
      }),

    countProducts: () => db.product.count(),

    async findProduct({ id, code }) {
      if (id !== undefined && !isUuid(id)) return null;
      if (code !== undefined && !isCatalogCode(code)) return null;
      return await db.product.findFirst({
        where: { ...(id !== undefined && { id }), ...(code !== undefined && { code }) },
      });
    },

    async newestPlans(productId) {
      const ids = await newestPlanIds(db, { productIds: [productId] });
      const rows = await db.plan.findMany({ where: { id: { in: ids } }, orderBy: { code: 'asc' } });
      return rows.map(toPlanView);
    },

    async planVersions(code) {
      if (!isCatalogCode(code)) return [];
      const rows = await db.plan.findMany({ where: { code }, orderBy: { version: 'desc' } });
      return rows.map(toPlanView);
    },

    async findPlan(code, version) {
      if (!isCatalogCode(code)) return null;
      const row = await db.plan.findFirst({
        where: { code, ...(version !== undefined && { version }) },
        orderBy: { version: 'desc' },
      });
      return row && toPlanView(row);
    },
  };
}
