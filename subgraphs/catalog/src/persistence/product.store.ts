import type { Prisma } from '@farutech/prisma/catalog';
import { parseFeatureCode, parseModuleCode, parseProductCode } from '../domain/catalog-code.ts';
import type { ProductStore } from '../domain/ports.ts';
import { Product } from '../domain/product.ts';

const oldestFirst = [
  { createdAt: 'asc' },
  { id: 'asc' },
] as const satisfies Prisma.ModuleOrderByWithRelationInput[];
const whole = {
  modules: { orderBy: [...oldestFirst], omit: { productId: true } },
  features: { orderBy: [...oldestFirst], omit: { productId: true } },
} as const satisfies Prisma.ProductInclude;

type ProductRow = Prisma.ProductGetPayload<{ include: typeof whole }>;

const toProduct = ({ modules, features, ...row }: ProductRow): Product =>
  Product.restore({
    ...row,
    code: parseProductCode(row.code, 'code'),
    modules: modules.map((module) => ({ ...module, code: parseModuleCode(module.code, 'code') })),
    features: features.map((feature) => ({ ...feature, code: parseFeatureCode(feature.code, 'code') })),
  });

export function productStore(tx: Prisma.TransactionClient): ProductStore {
  /** La fila se toma antes de leer lo demás: en READ COMMITTED, lo leído después es lo que dejó quien la tenía. */
  async function takeById(id: string): Promise<Product | null> {
    const taken = await tx.$executeRaw`SELECT id FROM product WHERE id = ${id}::uuid FOR UPDATE`;
    if (taken === 0) return null;
    return toProduct(await tx.product.findUniqueOrThrow({ where: { id }, include: whole }));
  }

  return {
    takeById,

    async takeByModule(moduleId) {
      const found = await tx.module.findUnique({ where: { id: moduleId }, select: { productId: true } });
      return found && (await takeById(found.productId));
    },

    async takeByFeature(featureId) {
      const found = await tx.feature.findUnique({ where: { id: featureId }, select: { productId: true } });
      return found && (await takeById(found.productId));
    },

    async takeByCode(code) {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('product:' || ${code}::text, 0))`;
      const found = await tx.product.findUnique({ where: { code }, select: { id: true } });
      return found && (await takeById(found.id));
    },

    allIds: async () =>
      (await tx.product.findMany({ select: { id: true }, orderBy: { id: 'asc' } })).map(({ id }) => id),

    async save(product) {
      const { modules, features, ...own } = product.state;
      await tx.product.upsert({ where: { id: own.id }, create: own, update: own });
      // Una sentencia por tabla, y solo se tocan las filas que cambian: un manifiesto de cien piezas no son cien viajes.
      await tx.$executeRaw`
        INSERT INTO module AS held (id, product_id, code, name, created_at)
        SELECT given.id, ${own.id}::uuid, given.code, given.name, given."createdAt"
        FROM jsonb_to_recordset(${JSON.stringify(modules)}::jsonb)
          AS given(id uuid, code text, name text, "createdAt" timestamptz)
        ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name WHERE held.name <> EXCLUDED.name`;
      await tx.$executeRaw`
        INSERT INTO feature AS held
          (id, module_id, product_id, code, name, description, is_premium, created_at, retired_at)
        SELECT given.id, given."moduleId", ${own.id}::uuid, given.code, given.name, given.description,
               given."isPremium", given."createdAt", given."retiredAt"
        FROM jsonb_to_recordset(${JSON.stringify(features)}::jsonb)
          AS given(id uuid, "moduleId" uuid, code text, name text, description text, "isPremium" boolean,
                   "createdAt" timestamptz, "retiredAt" timestamptz)
        ON CONFLICT (id) DO UPDATE SET
          module_id = EXCLUDED.module_id, name = EXCLUDED.name, description = EXCLUDED.description,
          is_premium = EXCLUDED.is_premium, retired_at = EXCLUDED.retired_at
        WHERE held IS DISTINCT FROM EXCLUDED`;
    },
  };
}
