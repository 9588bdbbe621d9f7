import { connectionType } from '@farutech/subgraph/connection';
import { DateTime } from '@farutech/subgraph/scalars';
import { Field, ID, InputType, Int } from 'type-graphql';
import type { SubscriptionStatus } from '../domain/entitlement.ts';
import { PlanSubscription, SubscriptionStatusEnum } from './plan-subscription.type.ts';

export const PlanSubscriptionConnection = connectionType(PlanSubscription, 'PlanSubscription');

@InputType({ description: 'All that is given must hold.' })
export class PlanSubscriptionFilter {
  @Field(() => ID, { nullable: true, description: 'Id of a Customer.' })
  customerId?: string | null;

  @Field(() => String, { nullable: true, description: 'The plan that holds now: "VET_PROFESSIONAL".' })
  planCode?: string | null;

  @Field(() => Int, { nullable: true, description: 'The version that was bought, usually with planCode: 3.' })
  planVersion?: number | null;

  @Field(() => SubscriptionStatusEnum, { nullable: true, description: 'The status that holds now.' })
  status?: SubscriptionStatus | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Those that expire earlier, also those that have expired: "2027-01-01T00:00:00Z".',
  })
  expiresBefore?: Date | null;
}
