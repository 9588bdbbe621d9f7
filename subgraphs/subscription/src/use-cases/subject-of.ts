import type { PlanSubscription } from '../domain/plan-subscription.ts';
import type { Plans } from '../domain/ports.ts';
import type { Subject } from '../domain/subscription-facts.ts';

/** De quién es lo que se va a contar, como ha quedado, o con el plan que se cuenta. */
export async function subjectOf(
  plans: Plans,
  { identity, present, revision }: PlanSubscription,
  planId = present.planId,
): Promise<Subject> {
  const plan = await plans.byId(planId);
  if (plan === null) throw new TypeError(`la suscripción ${identity.id} es de un plan que no se conoce`);
  return { identity, plan, revision };
}
