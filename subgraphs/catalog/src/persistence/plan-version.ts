import type { Prisma } from '@farutech/prisma/catalog';
import { parseFeatureCode, parsePlanCode, parseProductCode } from '../domain/catalog-code.ts';
import { parseCurrency } from '../domain/currency.ts';
import type { PlanVersion } from '../domain/plan.ts';
import { parsePrice } from '../domain/price.ts';

export const withProductAndFeatures = {
  product: { select: { code: true } },
  features: { select: { feature: { select: { id: true, code: true } } } },
} as const satisfies Prisma.PlanInclude;

type PlanRow = Prisma.PlanGetPayload<{ include: typeof withProductAndFeatures }>;

export function toPlanVersion({ product, features, ...row }: PlanRow): PlanVersion {
  const currency = parseCurrency(row.currency, 'currency');
  return {
    ...row,
    code: parsePlanCode(row.code, 'code'),
    currency,
    price: parsePrice(row.price.toFixed(), currency, 'price'),
    productCode: parseProductCode(product.code, 'code'),
    includedFeatures: features
      .map(({ feature: { id, code } }) => ({ id, code: parseFeatureCode(code, 'code') }))
      .toSorted((one, other) => (one.code < other.code ? -1 : 1)),
  };
}
