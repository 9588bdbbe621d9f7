import { DomainError, notFound } from '@farutech/kernel/errors';

/** What tenancy keeps of a published plan of catalog. */
export interface KnownPlan {
  readonly planId: string;
  readonly code: string;
  readonly version: number;
  readonly productId: string;
  readonly productCode: string;
  readonly name: string;
  readonly maxUsers: number;
  readonly publishedAt: Date;
  readonly retiredAt: Date | null;
}

export interface KnownProduct {
  readonly productId: string;
  readonly code: string;
  readonly name: string;
  readonly revision: number;
}

interface Offer {
  readonly productCode: string;
  readonly productExists: boolean;
  readonly plan: KnownPlan | null;
}

/** The plan that may be sold, or the reason why not. */
export function sellable({ productCode, productExists, plan }: Offer): KnownPlan {
  if (!productExists) throw notFound('productCode');
  if (plan === null) throw notFound('planCode');
  if (plan.productCode !== productCode) {
    throw new DomainError('PLAN_NOT_IN_PRODUCT', `${plan.code} is not a plan of ${productCode}.`, 'planCode');
  }
  if (plan.retiredAt !== null) {
    throw new DomainError('PLAN_RETIRED', `${plan.code} is no longer sold.`, 'planCode');
  }
  return plan;
}
