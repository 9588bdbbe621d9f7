import { z } from 'zod';
import { fact, instant, uuid } from './contract.ts';

/** The subscription of an instance is on: tenancy may now say ACTIVE. */
export const planSubscriptionActivated = fact('subscription', {
  name: 'PlanSubscriptionActivated',
  version: 1,
  schema: z.object({
    subscriptionId: uuid,
    instanceId: uuid,
    customerId: uuid,
    planId: uuid,
    planCode: z.string(),
    planVersion: z.int().positive(),
    maxUsers: z.int().positive(),
    activatedAt: instant,
  }),
  aggregateId: (data) => data.instanceId,
});
