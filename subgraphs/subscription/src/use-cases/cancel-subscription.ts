import { notFound } from '@farutech/kernel/errors';
import type { Cause } from '@farutech/kernel/request';
import { type Reach, reaches } from '@farutech/kernel/viewer';
import { parseReason } from '../domain/feature-override.ts';
import { parseEffectiveAt } from '../domain/scheduled-change.ts';
import { cancelled } from '../domain/subscription-facts.ts';
import { subjectOf } from './subject-of.ts';
import type { SubscriptionChangeParts } from './subscription-change-parts.ts';

export interface CancelSubscriptionInput {
  readonly id: string;
  readonly reason: string;
  /** null: ahora. */
  readonly effectiveAt: Date | null;
  /** Lo que alcanza quien lo pide: un cliente solo cancela lo suyo. */
  readonly reach: Reach;
}

export async function cancelSubscription(
  { unitOfWork, newId, clock }: SubscriptionChangeParts,
  cause: Cause,
  { id, reach, ...raw }: CancelSubscriptionInput,
): Promise<string> {
  const reason = parseReason(raw.reason);
  const effectiveAt = parseEffectiveAt(raw.effectiveAt, clock());
  return await unitOfWork(cause, async ({ subscriptions, plans }) => {
    const subscription = await subscriptions.byId(id);
    if (subscription === null || !reaches(reach, subscription.identity)) throw notFound('id');
    const decision = { reason, by: cause.actor, byCustomer: reach.kind !== 'everything' };
    const audit = {
      action: 'cancelSubscription',
      entityType: 'PlanSubscription',
      entityId: id,
      outcome: 'ACCEPTED',
      detail: { reason, effectiveAt: effectiveAt?.toISOString() ?? null },
    } as const;

    // Después del cerrojo, que pudo hacer esperar.
    const now = clock();
    if (effectiveAt !== null) {
      subscription.scheduleCancellation(newId(), decision, effectiveAt, now);
      await subscriptions.save(subscription);
      return { result: id, events: [], audit };
    }
    const cancelledAt = subscription.cancel(decision, now);
    await subscriptions.save(subscription);
    return { result: id, events: [cancelled(await subjectOf(plans, subscription), cancelledAt)], audit };
  });
}
