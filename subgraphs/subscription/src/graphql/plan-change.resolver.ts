import { parseUuid } from '@farutech/kernel/ids';
import { Authorise } from '@farutech/subgraph/authorise';
import { DateTime } from '@farutech/subgraph/scalars';
import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import { changePlan } from '../use-cases/change-plan.ts';
import { causeOf, type SubscriptionContext } from './context.ts';
import { PlanSubscription } from './plan-subscription.type.ts';
import { afterChange } from './plan-subscription.view.ts';

@Resolver()
export class PlanChangeResolver {
  @Authorise('PLATFORM_ADMIN', 'BILLING')
  @Mutation(() => PlanSubscription, {
    description:
      'An ACTIVE or SUSPENDED subscription goes over to the newest version of a plan of its product, now or at a date. The version is fixed now: one published later is not what was agreed. It replaces a change of plan that was agreed for later; a scheduled cancellation stands, and a date behind it is refused. ILLEGAL_TRANSITION otherwise, and on `planCode` when it has that version already. NOT_FOUND, PLAN_NOT_IN_PRODUCT, PLAN_RETIRED on `planCode`.',
  })
  async changePlan(
    @Arg('subscriptionId', () => ID, { description: 'Id of a PlanSubscription.' }) subscriptionId: string,
    @Arg('planCode', () => String, { description: 'Of its product and on sale: "VET_ENTERPRISE".' })
    planCode: string,
    @Arg('effectiveAt', () => DateTime, {
      nullable: true,
      description: 'In the future: "2027-01-01T00:00:00Z". Without it: now.',
    })
    effectiveAt: Date | null,
    @Arg('idempotencyKey', () => ID, {
      nullable: true,
      description:
        '1–128 printable characters, remembered 24 h: the same key with the same input changes nothing again. IDEMPOTENCY_KEY_REUSED with another input.',
    })
    idempotencyKey: string | null,
    @Ctx() context: SubscriptionContext,
  ): Promise<PlanSubscription> {
    const input = {
      subscriptionId: parseUuid(subscriptionId, 'subscriptionId'),
      planCode,
      effectiveAt: effectiveAt ?? null,
      idempotencyKey: idempotencyKey ?? null,
    };
    return await afterChange(await changePlan(context.parts, causeOf(context), input), context);
  }
}
