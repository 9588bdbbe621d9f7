import { type PublishedPlan, planPublished, planRetired } from '@farutech/contracts/catalog';
import { type OutgoingEvent, tell } from '@farutech/contracts/contract';
import { DomainError } from '@farutech/kernel/errors';
import type { FeatureCode, PlanCode, ProductCode } from './catalog-code.ts';
import type { Currency } from './currency.ts';
import type { Price } from './price.ts';

export type PlanType = PublishedPlan['type'];
export type BillingInterval = PublishedPlan['interval'];

/** Lo que se lee en el manifiesto o en la mutación. */
export interface PlanOffer {
  readonly code: PlanCode;
  readonly name: string;
  readonly type: PlanType;
  readonly price: Price;
  readonly currency: Currency;
  readonly interval: BillingInterval;
  readonly maxUsers: number;
  readonly includedFeatures: readonly FeatureCode[];
}

export interface IncludedFeature {
  readonly id: string;
  readonly code: FeatureCode;
}

/** Una versión publicada: es lo que alguien compró, y ya no cambia salvo para retirarse. */
export interface PlanVersion extends Omit<PlanOffer, 'includedFeatures'> {
  readonly id: string;
  readonly productId: string;
  readonly productCode: ProductCode;
  readonly version: number;
  /** Por orden de código, sin repetir. */
  readonly includedFeatures: readonly IncludedFeature[];
  readonly publishedAt: Date;
  readonly retiredAt: Date | null;
}

/** Un código de plan es de un solo producto para siempre: las suscripciones lo nombran sin decir el producto. */
export function demandSameProduct(newest: PlanVersion | undefined, productId: string, field: string): void {
  if (newest !== undefined && newest.productId !== productId) {
    throw new DomainError(
      'PLAN_NOT_IN_PRODUCT',
      `${newest.code} is a plan of another product: ${newest.productCode}.`,
      field,
    );
  }
}

const byCode = (one: IncludedFeature, other: IncludedFeature): number => (one.code < other.code ? -1 : 1);

export function nextVersion(
  offer: PlanOffer,
  newest: PlanVersion | undefined,
  given: {
    readonly id: string;
    readonly productId: string;
    readonly productCode: ProductCode;
    readonly features: readonly IncludedFeature[];
    readonly at: Date;
  },
): PlanVersion {
  return {
    ...offer,
    id: given.id,
    productId: given.productId,
    productCode: given.productCode,
    version: (newest?.version ?? 0) + 1,
    includedFeatures: given.features.map(({ id, code }) => ({ id, code })).toSorted(byCode),
    publishedAt: given.at,
    retiredAt: null,
  };
}

export const toPublishedPlan = (plan: PlanVersion): PublishedPlan => ({
  planId: plan.id,
  productId: plan.productId,
  productCode: plan.productCode,
  code: plan.code,
  version: plan.version,
  name: plan.name,
  type: plan.type,
  price: plan.price,
  currency: plan.currency,
  interval: plan.interval,
  includedFeatures: plan.includedFeatures.map(({ code }) => code),
  maxUsers: plan.maxUsers,
  publishedAt: plan.publishedAt.toISOString(),
  retiredAt: plan.retiredAt?.toISOString() ?? null,
});

export const publication = (plan: PlanVersion): OutgoingEvent => tell(planPublished, toPublishedPlan(plan));

export const retirement = ({ code, productId }: PlanVersion, at: Date): OutgoingEvent =>
  tell(planRetired, { code, productId, retiredAt: at.toISOString() });
