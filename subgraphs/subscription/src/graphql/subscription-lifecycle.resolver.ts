import { parseUuid } from '@farutech/kernel/ids';
import { Authorise } from '@farutech/subgraph/authorise';
import { DateTime } from '@farutech/subgraph/scalars';
import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import { cancelScheduledChange } from '../use-cases/cancel-scheduled-change.ts';
import { cancelSubscription } from '../use-cases/cancel-subscription.ts';
import { resumeSubscription } from '../use-cases/resume-subscription.ts';
import { suspendSubscription } from '../use-cases/suspend-subscription.ts';
import { causeOf, type SubscriptionContext } from './context.ts';
import { PlanSubscription } from './plan-subscription.type.ts';
import { afterChange } from './plan-subscription.view.ts';

const idOptions = { description: 'Id of a PlanSubscription.' };
const reasonOptions = { description: 'Why, for the audit: 1–500 characters. Shown to staff alone.' };

@Resolver()
export class SubscriptionLifecycleResolver {
  @Authorise('PLATFORM_ADMIN', 'BILLING')
  @Mutation(() => PlanSubscription, {
    description:
      'ACTIVE becomes SUSPENDED at once: everything is off, the instance stays, a scheduled cancellation stands. ILLEGAL_TRANSITION otherwise.',
  })
  async suspendSubscription(
    @Arg('id', () => ID, idOptions) id: string,
    @Arg('reason', () => String, reasonOptions) reason: string,
    @Ctx() context: SubscriptionContext,
  ): Promise<PlanSubscription> {
    const input = { id: parseUuid(id, 'id'), reason };
    return await afterChange(await suspendSubscription(context.parts, causeOf(context), input), context);
  }

  @Authorise('PLATFORM_ADMIN', 'BILLING')
  @Mutation(() => PlanSubscription, {
    description: 'SUSPENDED becomes ACTIVE at once. ILLEGAL_TRANSITION otherwise.',
  })
  async resumeSubscription(
    @Arg('id', () => ID, idOptions) id: string,
    @Ctx() context: SubscriptionContext,
  ): Promise<PlanSubscription> {
    const parsed = parseUuid(id, 'id');
    return await afterChange(await resumeSubscription(context.parts, causeOf(context), parsed), context);
  }

  @Authorise('PLATFORM_ADMIN', 'BILLING', 'CUSTOMER_ADMIN')
  @Mutation(() => PlanSubscription, {
    description:
      'ACTIVE or SUSPENDED becomes CANCELLED for good, now or at a date; the instance stays. A second date replaces the first, but a customer does not replace one that Farutech set. ILLEGAL_TRANSITION for one that is PENDING (decommission its instance) or CANCELLED.',
  })
  async cancelSubscription(
    @Arg('id', () => ID, idOptions) id: string,
    @Arg('reason', () => String, reasonOptions) reason: string,
    @Arg('effectiveAt', () => DateTime, {
      nullable: true,
      description: 'In the future: "2027-01-01T00:00:00Z". Without it: now.',
    })
    effectiveAt: Date | null,
    @Ctx() context: SubscriptionContext,
  ): Promise<PlanSubscription> {
    const { reach } = context;
    const input = { id: parseUuid(id, 'id'), reason, effectiveAt: effectiveAt ?? null, reach };
    return await afterChange(await cancelSubscription(context.parts, causeOf(context), input), context);
  }

  @Authorise('PLATFORM_ADMIN', 'BILLING', 'CUSTOMER_ADMIN')
  @Mutation(() => PlanSubscription, {
    description:
      'Withdraws a scheduled CANCELLATION or PLAN before its instant: what held until then goes on, and what was agreed for later counts again. A customer withdraws only what it asked for. ILLEGAL_TRANSITION for EXPIRY and START, which are part of what was bought, and for what has happened.',
  })
  async cancelScheduledChange(
    @Arg('id', () => ID, { description: 'Id of a ScheduledChange.' }) id: string,
    @Ctx() context: SubscriptionContext,
  ): Promise<PlanSubscription> {
    const input = { id: parseUuid(id, 'id'), reach: context.reach };
    return await afterChange(await cancelScheduledChange(context.parts, causeOf(context), input), context);
  }
}
