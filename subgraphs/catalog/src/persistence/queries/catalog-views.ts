import type { Prisma } from '@farutech/prisma/catalog';
import { parseCurrency } from '../../domain/currency.ts';
import type { BillingInterval, PlanType } from '../../domain/plan.ts';
import { parsePrice } from '../../domain/price.ts';

export interface ProductView {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly createdAt: Date;
}

export interface ModuleView {
  readonly id: string;
  readonly productId: string;
  readonly code: string;
  readonly name: string;
}

export interface FeatureView {
  readonly id: string;
  readonly moduleId: string;
  readonly productId: string;
  readonly code: string;
  readonly name: string;
  readonly description: string;
  readonly isPremium: boolean;
  readonly retiredAt: Date | null;
}

export interface PlanView {
  readonly id: string;
  readonly productId: string;
  readonly code: string;
  readonly version: number;
  readonly name: string;
  readonly type: PlanType;
  /** Con los decimales de su moneda. */
  readonly price: string;
  readonly currency: string;
  readonly interval: BillingInterval;
  readonly maxUsers: number;
  readonly publishedAt: Date;
  readonly retiredAt: Date | null;
}

export const toPlanView = (row: Prisma.PlanGetPayload<object>): PlanView => ({
  ...row,
  price: parsePrice(row.price.toFixed(), parseCurrency(row.currency, 'currency'), 'price'),
});
