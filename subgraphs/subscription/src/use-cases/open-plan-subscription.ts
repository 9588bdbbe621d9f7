import type { DataOf } from '@farutech/contracts/contract';
import type { tenantInstanceRequested } from '@farutech/contracts/tenancy';
import { OutOfOrderError } from '@farutech/kernel/errors';
import { PlanSubscription } from '../domain/plan-subscription.ts';
import { cancelled } from '../domain/subscription-facts.ts';
import type { MessageCause, ReactionParts } from './reaction-parts.ts';
import { subjectOf } from './subject-of.ts';

/** Una instancia pedida abre su suscripción PENDING: empezará a valer cuando la instancia exista. */
export async function openPlanSubscription(
  { react, newId, clock }: ReactionParts,
  cause: MessageCause,
  fact: DataOf<typeof tenantInstanceRequested>,
): Promise<void> {
  const { instanceId, customerId, productId, planId } = fact;
  await react(cause, async ({ subscriptions, plans, instances }) => {
    if ((await subscriptions.byInstance(instanceId)) !== null) return undefined;
    // Sin el plan no se sabría qué trae: su hecho viene por otro camino y puede llegar después.
    if ((await plans.byId(planId)) === null) {
      throw new OutOfOrderError(`plan ${fact.planCode} v${fact.planVersion} is not known yet`);
    }

    const now = clock();
    const id = newId();
    const identity = { id, customerId, tenantInstanceId: instanceId, productId, createdAt: now };
    const expiresAt = fact.expiresAt === null ? null : new Date(fact.expiresAt);
    const bought = { planId, startsAt: new Date(fact.startsAt), expiresAt };
    const requestedAt = new Date(fact.requestedAt);
    const subscription = PlanSubscription.request(identity, bought, { requestedAt, now, newId });
    await instances.request({ instanceId, customerId, productId });
    // Su retirada viene por otro camino y puede haber llegado antes: nadie volvería a contarla.
    const instance = await instances.byId(instanceId);
    const ended = instance?.status === 'DECOMMISSIONED' ? subscription.endWithInstance(now, now) : undefined;
    await subscriptions.add(subscription);

    return {
      events: ended === undefined ? [] : [cancelled(await subjectOf(plans, subscription), ended)],
      audit: {
        action: 'openPlanSubscription',
        entityType: 'PlanSubscription',
        entityId: id,
        outcome: 'ACCEPTED',
        detail: { instanceId, planCode: fact.planCode, planVersion: fact.planVersion },
      },
    };
  });
}
