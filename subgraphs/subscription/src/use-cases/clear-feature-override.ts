import { notFound } from '@farutech/kernel/errors';
import type { Cause } from '@farutech/kernel/request';
import type { SubscriptionChangeParts } from './subscription-change-parts.ts';

export interface ClearFeatureOverrideInput {
  readonly subscriptionId: string;
  readonly featureCode: string;
}

export async function clearFeatureOverride(
  { unitOfWork, clock }: SubscriptionChangeParts,
  cause: Cause,
  { subscriptionId, featureCode }: ClearFeatureOverrideInput,
): Promise<string> {
  return await unitOfWork(cause, async ({ subscriptions }) => {
    const subscription = await subscriptions.byId(subscriptionId);
    if (subscription === null) throw notFound('subscriptionId');
    const cleared = subscription.clearOverride(featureCode, clock());
    await subscriptions.save(subscription);

    return {
      result: subscriptionId,
      events: [],
      audit: {
        action: 'clearFeatureOverride',
        entityType: 'PlanSubscription',
        entityId: subscriptionId,
        outcome: 'ACCEPTED',
        detail: { featureCode, overrideType: cleared.overrideType, overrideId: cleared.id },
      },
    };
  });
}
