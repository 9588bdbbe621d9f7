import { DomainError, notFound } from '@farutech/kernel/errors';
import { claimOf } from '@farutech/kernel/idempotency';
import type { Cause } from '@farutech/kernel/request';
import type { PlanChanged, PlanSubscription } from '../domain/plan-subscription.ts';
import type { Change, PlanRecord, Plans, Stores } from '../domain/ports.ts';
import { parseEffectiveAt } from '../domain/scheduled-change.ts';
import { planChanged, toldOnce } from '../domain/subscription-facts.ts';
import { once } from './once.ts';
import { subjectOf } from './subject-of.ts';
import type { SubscriptionChangeParts } from './subscription-change-parts.ts';

export interface ChangePlanInput {
  readonly subscriptionId: string;
  readonly planCode: string;
  /** null: ahora. */
  readonly effectiveAt: Date | null;
  readonly idempotencyKey: string | null;
}

/** La versión queda fijada al acordarlo: una que se publique después no es la que se acordó. */
export async function changePlan(
  parts: SubscriptionChangeParts,
  cause: Cause,
  { idempotencyKey, ...asked }: ChangePlanInput,
): Promise<string> {
  const given = { ...asked, effectiveAt: asked.effectiveAt?.toISOString() ?? null };
  const claim = claimOf('changePlan', cause, idempotencyKey, given);
  return await parts.unitOfWork(cause, (stores) =>
    // Dentro: la segunda vez la fecha puede haber pasado ya, y la respuesta es la misma.
    once(stores.claims, claim, parts.clock(), () => change(parts, cause, asked, stores)),
  );
}

async function change(
  { newId, clock }: SubscriptionChangeParts,
  cause: Cause,
  { subscriptionId, planCode, ...raw }: Omit<ChangePlanInput, 'idempotencyKey'>,
  { subscriptions, plans }: Stores,
): Promise<Change<string>> {
  const effectiveAt = parseEffectiveAt(raw.effectiveAt, clock());
  const subscription = await subscriptions.byId(subscriptionId);
  if (subscription === null) throw notFound('subscriptionId');
  // Después del cerrojo, que pudo hacer esperar.
  const now = clock();
  const target = sellable(await plans.newest(planCode), subscription.identity.productId, now);
  const before = subscription.stateAt(effectiveAt ?? now).planId;
  const told =
    effectiveAt === null
      ? subscription.changePlan(target.planId, now)
      : subscription.schedulePlan(newId(), { planId: target.planId, by: cause.actor }, effectiveAt, now);
  await subscriptions.save(subscription);

  return {
    result: subscriptionId,
    events: await Promise.all(told.map((one) => tell(plans, subscription, one))),
    audit: {
      action: 'changePlan',
      entityType: 'PlanSubscription',
      entityId: subscriptionId,
      outcome: 'ACCEPTED',
      detail: {
        planCode,
        planVersion: target.version,
        planId: target.planId,
        planIdBefore: before,
        effectiveAt: effectiveAt?.toISOString() ?? null,
      },
    },
  };
}

function sellable(plan: PlanRecord | null, productId: string, now: Date): PlanRecord {
  if (plan === null) throw notFound('planCode');
  if (plan.productId !== productId) {
    throw new DomainError('PLAN_NOT_IN_PRODUCT', `${plan.code} is a plan of another product.`, 'planCode');
  }
  if (plan.retiredAt !== null && plan.retiredAt <= now) {
    throw new DomainError('PLAN_RETIRED', `${plan.code} is no longer sold.`, 'planCode');
  }
  return plan;
}

async function tell(plans: Plans, subscription: PlanSubscription, told: PlanChanged) {
  const subject = await subjectOf(plans, subscription, told.planId);
  const messageId = told.changeId === null ? undefined : toldOnce(told.changeId);
  return planChanged({ ...subject, revision: told.revision }, told.at, messageId);
}
