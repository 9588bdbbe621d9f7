import { isUuid } from '@farutech/kernel/ids';
import type { Prisma } from '@farutech/prisma/catalog';
import DataLoader from 'dataloader';
import { newestPlanIds } from '../newest-plan-ids.ts';
import {
  type FeatureView,
  type ModuleView,
  type PlanView,
  type ProductView,
  toPlanView,
} from './catalog-views.ts';

export interface CatalogLoaders {
  readonly product: DataLoader<string, ProductView | null>;
  readonly module: DataLoader<string, ModuleView | null>;
  readonly feature: DataLoader<string, FeatureView | null>;
  readonly plan: DataLoader<string, PlanView | null>;
  readonly modulesOfProduct: DataLoader<string, readonly ModuleView[]>;
  readonly featuresOfProduct: DataLoader<string, readonly FeatureView[]>;
  readonly featuresOfModule: DataLoader<string, readonly FeatureView[]>;
  readonly plansOfProduct: DataLoader<string, readonly PlanView[]>;
  readonly featuresOfPlan: DataLoader<string, readonly FeatureView[]>;
}

const inOrder = [{ createdAt: 'asc' as const }, { id: 'asc' as const }];
const lowerCase = (id: string): string => id.toLowerCase();

/** Un id que no es UUID no existe; si llegara a la consulta, la base rechazaría el lote entero. */
const oneById = <View extends { readonly id: string }>(find: (ids: string[]) => Promise<View[]>) =>
  new DataLoader<string, View | null>(
    async (keys) => {
      const known = new Map((await find(keys.map(lowerCase).filter(isUuid))).map((view) => [view.id, view]));
      return keys.map((key) => known.get(key.toLowerCase()) ?? null);
    },
    { cacheKeyFn: lowerCase },
  );

function groupBy<Row>(
  rows: readonly Row[],
  owner: (row: Row) => string,
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(owner(row));
    if (group === undefined) groups.set(owner(row), [row]);
    else group.push(row);
  }
  return groups;
}

const groupedBy = <View>(owner: (view: View) => string, find: (ids: string[]) => Promise<View[]>) =>
  new DataLoader<string, readonly View[]>(async (keys) => {
    const groups = groupBy(await find([...keys]), owner);
    return keys.map((key) => groups.get(key) ?? []);
  });

/**
 * Uno por operación. Cada relación es un lote: lo que cuesta una consulta anidada no depende de cuántas filas
 * traiga. Las del catálogo son las mismas para todos, así que no hay filtro por quien pregunta.
 */
export function catalogLoaders(db: Prisma.TransactionClient): CatalogLoaders {
  const plans = async (where: Prisma.PlanWhereInput): Promise<PlanView[]> =>
    (await db.plan.findMany({ where, orderBy: { code: 'asc' } })).map(toPlanView);

  return {
    product: oneById((ids) => db.product.findMany({ where: { id: { in: ids } } })),
    module: oneById((ids) => db.module.findMany({ where: { id: { in: ids } } })),
    feature: oneById((ids) => db.feature.findMany({ where: { id: { in: ids } } })),
    plan: oneById((ids) => plans({ id: { in: ids } })),
    modulesOfProduct: groupedBy<ModuleView>(
      ({ productId }) => productId,
      (ids) => db.module.findMany({ where: { productId: { in: ids } }, orderBy: inOrder }),
    ),
    featuresOfProduct: groupedBy<FeatureView>(
      ({ productId }) => productId,
      (ids) => db.feature.findMany({ where: { productId: { in: ids } }, orderBy: inOrder }),
    ),
    featuresOfModule: groupedBy<FeatureView>(
      ({ moduleId }) => moduleId,
      (ids) => db.feature.findMany({ where: { moduleId: { in: ids } }, orderBy: inOrder }),
    ),
    plansOfProduct: groupedBy<PlanView>(
      ({ productId }) => productId,
      async (productIds) => plans({ id: { in: await newestPlanIds(db, { productIds }) } }),
    ),
    featuresOfPlan: featuresOfPlan(db),
  };
}

const featuresOfPlan = (db: Prisma.TransactionClient) =>
  new DataLoader<string, readonly FeatureView[]>(async (keys) => {
    const rows = await db.planFeature.findMany({
      where: { planId: { in: [...keys] } },
      select: { planId: true, feature: true },
      orderBy: { feature: { code: 'asc' } },
    });
    const groups = groupBy(rows, ({ planId }) => planId);
    return keys.map((key) => (groups.get(key) ?? []).map(({ feature }) => feature));
  });
