import { type DataOf, tell } from '@farutech/contracts/contract';
import type { tenantInstanceProvisioned } from '@farutech/contracts/provisioning';
import { planSubscriptionActivated } from '@farutech/contracts/subscription';
import { OutOfOrderError } from '@farutech/kernel/errors';
import type { MessageCause, ReactionParts } from './reaction-parts.ts';

/** La instancia existe: su suscripción pasa a ACTIVE, y tenancy espera a saberlo para decir ACTIVE de la instancia. */
export async function activatePlanSubscription(
  { react, clock }: Pick<ReactionParts, 'react' | 'clock'>,
  cause: MessageCause,
  { instanceId, provisionedAt }: DataOf<typeof tenantInstanceProvisioned>,
): Promise<void> {
  await react(cause, async ({ subscriptions, plans, instances }) => {
    const subscription = await subscriptions.byInstance(instanceId);
    if (subscription === null) {
      throw new OutOfOrderError(`instance ${instanceId} was provisioned before its subscription was opened`);
    }
    await instances.markProvisioned(instanceId, new Date(provisionedAt));
    const now = clock();
    if (!subscription.activate(new Date(provisionedAt), now)) return undefined;
    await subscriptions.save(subscription);

    const { id, customerId } = subscription.identity;
    const plan = await plans.byId(subscription.present.planId);
    if (plan === null) throw new TypeError(`la suscripción ${id} es de un plan que no se conoce`);
    const activated = tell(planSubscriptionActivated, {
      subscriptionId: id,
      instanceId,
      customerId,
      planId: plan.planId,
      planCode: plan.code,
      planVersion: plan.version,
      maxUsers: plan.maxUsers,
      activatedAt: now.toISOString(),
    });
    return {
      events: [activated],
      audit: {
        action: 'activatePlanSubscription',
        entityType: 'PlanSubscription',
        entityId: id,
        outcome: 'ACCEPTED',
        detail: { instanceId, provisionedAt },
      },
    };
  });
}
