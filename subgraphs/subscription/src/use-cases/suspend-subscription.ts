import { notFound } from '@farutech/kernel/errors';
import type { Cause } from '@farutech/kernel/request';
import { parseReason } from '../domain/feature-override.ts';
import { suspended } from '../domain/subscription-facts.ts';
import { subjectOf } from './subject-of.ts';
import type { SubscriptionChangeParts } from './subscription-change-parts.ts';

export async function suspendSubscription(
  { unitOfWork, clock }: SubscriptionChangeParts,
  cause: Cause,
  input: { readonly id: string; readonly reason: string },
): Promise<string> {
  const reason = parseReason(input.reason);
  return await unitOfWork(cause, async ({ subscriptions, plans }) => {
    const subscription = await subscriptions.byId(input.id);
    if (subscription === null) throw notFound('id');
    const suspendedAt = subscription.suspend({ reason, by: cause.actor, byCustomer: false }, clock());
    await subscriptions.save(subscription);

    return {
      result: input.id,
      events: [suspended(await subjectOf(plans, subscription), suspendedAt)],
      audit: {
        action: 'suspendSubscription',
        entityType: 'PlanSubscription',
        entityId: input.id,
        outcome: 'ACCEPTED',
        detail: { reason },
      },
    };
  });
}
