import { z } from 'zod';
import { fact, instant, uuid } from './contract.ts';

const subscription = z.object({
  subscriptionId: uuid,
  instanceId: uuid,
  customerId: uuid,
  planId: uuid,
  planCode: z.string(),
  planVersion: z.int().positive(),
});

/** The subscription of an instance is on: tenancy may now say ACTIVE. */
export const planSubscriptionActivated = fact('subscription', {
  name: 'PlanSubscriptionActivated',
  version: 1,
  schema: subscription.extend({
    maxUsers: z.int().positive(),
    activatedAt: instant,
    /** As in the facts that follow it; absent in those told before it existed. */
    revision: z.int().positive().optional(),
  }),
  aggregateId: (data) => data.instanceId,
});

/** Why and by whom stay with their owner: those are for staff alone. */
const laterFact = subscription.extend({
  /** Grows with each fact about the subscription: a projection ignores older ones. */
  revision: z.int().positive(),
});

/** Another plan, or another version of it, holds. Told at its instant, with what holds from it on. */
export const planSubscriptionChanged = fact('subscription', {
  name: 'PlanSubscriptionChanged',
  version: 1,
  schema: laterFact.extend({ maxUsers: z.int().positive(), changedAt: instant }),
  aggregateId: (data) => data.instanceId,
});

/** Everything is off; the instance stays. */
export const planSubscriptionSuspended = fact('subscription', {
  name: 'PlanSubscriptionSuspended',
  version: 1,
  schema: laterFact.extend({ suspendedAt: instant }),
  aggregateId: (data) => data.instanceId,
});

export const planSubscriptionResumed = fact('subscription', {
  name: 'PlanSubscriptionResumed',
  version: 1,
  schema: laterFact.extend({ resumedAt: instant }),
  aggregateId: (data) => data.instanceId,
});

/** For good. One for a date is told at that date; everything is off from it and the instance stays. */
export const planSubscriptionCancelled = fact('subscription', {
  name: 'PlanSubscriptionCancelled',
  version: 1,
  schema: laterFact.extend({ cancelledAt: instant }),
  aggregateId: (data) => data.instanceId,
});

/** Told at the instant, once. The status stays what it was: expiry is a matter of dates. */
export const planSubscriptionExpired = fact('subscription', {
  name: 'PlanSubscriptionExpired',
  version: 1,
  schema: laterFact.extend({ expiredAt: instant }),
  aggregateId: (data) => data.instanceId,
});
