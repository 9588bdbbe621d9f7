import { notFound } from '@farutech/kernel/errors';
import type { Cause } from '@farutech/kernel/request';
import { type Reach, reaches } from '@farutech/kernel/viewer';
import type { SubscriptionChangeParts } from './subscription-change-parts.ts';

/** Devuelve la suscripción a la que iba a pasarle. */
export async function cancelScheduledChange(
  { unitOfWork, clock }: SubscriptionChangeParts,
  cause: Cause,
  { id, reach }: { readonly id: string; readonly reach: Reach },
): Promise<string> {
  return await unitOfWork(cause, async ({ subscriptions }) => {
    const subscription = await subscriptions.byScheduledChange(id);
    if (subscription === null || !reaches(reach, subscription.identity)) throw notFound('id');
    const change = subscription.withdraw(id, reach.kind !== 'everything', clock());
    await subscriptions.save(subscription);

    const { kind, effectiveAt } = change;
    return {
      result: subscription.identity.id,
      events: [],
      audit: {
        action: 'cancelScheduledChange',
        entityType: 'PlanSubscription',
        entityId: subscription.identity.id,
        outcome: 'ACCEPTED',
        detail: { changeId: id, kind, effectiveAt: effectiveAt.toISOString() },
      },
    };
  });
}
