import type { DataOf } from '@farutech/contracts/contract';
import type { tenantInstanceProvisioned } from '@farutech/contracts/provisioning';
import { OutOfOrderError } from '@farutech/kernel/errors';
import { activated } from '../domain/subscription-facts.ts';
import type { MessageCause, ReactionParts } from './reaction-parts.ts';
import { subjectOf } from './subject-of.ts';

/**
 * La instancia existe: su suscripción pasa a ACTIVE, y tenancy espera a saberlo para decir ACTIVE de la instancia. Si ya
 * lo estaba y tenancy aún no lo ha dicho, es que no lo oyó: se le contesta lo mismo.
 */
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
    const activatedAt = subscription.activate(new Date(provisionedAt), clock());
    if (activatedAt === undefined) {
      const instance = await instances.byId(instanceId);
      if (instance?.status !== 'PROVISIONING') return undefined;
      return { events: [activated(await subjectOf(plans, subscription), clock())], audit: null };
    }
    await subscriptions.save(subscription);
    const subject = await subjectOf(plans, subscription);
    return {
      events: [activated(subject, activatedAt)],
      audit: {
        action: 'activatePlanSubscription',
        entityType: 'PlanSubscription',
        entityId: subject.identity.id,
        outcome: 'ACCEPTED',
        detail: { instanceId, provisionedAt },
      },
    };
  });
}
