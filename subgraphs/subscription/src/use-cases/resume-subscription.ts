import { notFound } from '@farutech/kernel/errors';
import type { Cause } from '@farutech/kernel/request';
import { resumed } from '../domain/subscription-facts.ts';
import { subjectOf } from './subject-of.ts';
import type { SubscriptionChangeParts } from './subscription-change-parts.ts';

export async function resumeSubscription(
  { unitOfWork, clock }: SubscriptionChangeParts,
  cause: Cause,
  id: string,
): Promise<string> {
  return await unitOfWork(cause, async ({ subscriptions, plans }) => {
    const subscription = await subscriptions.byId(id);
    if (subscription === null) throw notFound('id');
    const resumedAt = subscription.resume(clock());
    await subscriptions.save(subscription);

    return {
      result: id,
      events: [resumed(await subjectOf(plans, subscription), resumedAt)],
      audit: {
        action: 'resumeSubscription',
        entityType: 'PlanSubscription',
        entityId: id,
        outcome: 'ACCEPTED',
        detail: {},
      },
    };
  });
}
