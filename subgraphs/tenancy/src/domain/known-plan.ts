import { DomainError, notFound } from '@farutech/kernel/errors';

/** Lo que tenancy guarda de un plan publicado por catalog. */
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

/** El plan que se puede vender, o la razón por la que no. */
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
