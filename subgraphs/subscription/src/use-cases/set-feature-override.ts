import { DomainError, notFound } from '@farutech/kernel/errors';
import type { Cause } from '@farutech/kernel/request';
import type { OverrideType } from '../domain/entitlement.ts';
import { parseOverrideEnd, parseReason } from '../domain/feature-override.ts';
import type { SubscriptionChangeParts } from './subscription-change-parts.ts';

export interface SetFeatureOverrideInput {
  readonly subscriptionId: string;
  readonly featureCode: string;
  readonly overrideType: OverrideType;
  readonly reason: string;
  readonly expiresAt: Date | null;
}

export async function setFeatureOverride(
  { unitOfWork, newId, clock }: SubscriptionChangeParts,
  cause: Cause,
  { subscriptionId, featureCode, overrideType, ...raw }: SetFeatureOverrideInput,
): Promise<string> {
  const reason = parseReason(raw.reason);
  const expiresAt = parseOverrideEnd(raw.expiresAt, clock());
  return await unitOfWork(cause, async ({ subscriptions, features }) => {
    const subscription = await subscriptions.byId(subscriptionId);
    if (subscription === null) throw notFound('subscriptionId');
    // Después del cerrojo: quien esperó por él no debe escribir con una hora anterior a la de quien lo tuvo.
    const now = clock();
    const feature = await features.byCode(subscription.identity.productId, featureCode);
    if (feature === null) {
      throw new DomainError(
        'FEATURE_NOT_IN_PRODUCT',
        'The product of this subscription has no such feature.',
        'featureCode',
      );
    }
    if (feature.retiredAt !== null && feature.retiredAt <= now) {
      throw new DomainError('FEATURE_RETIRED', 'This feature was retired from the product.', 'featureCode');
    }

    const override = { id: newId(), featureCode, overrideType, reason, createdBy: cause.actor };
    subscription.setOverride(override, expiresAt, now);
    await subscriptions.save(subscription);

    const detail = { featureCode, overrideType, reason, expiresAt: expiresAt?.toISOString() ?? null };
    return {
      result: subscriptionId,
      events: [],
      audit: {
        action: 'setFeatureOverride',
        entityType: 'PlanSubscription',
        entityId: subscriptionId,
        outcome: 'ACCEPTED',
        detail,
      },
    };
  });
}
