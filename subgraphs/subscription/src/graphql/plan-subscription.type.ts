import { staff } from '@farutech/kernel/viewer';
import { VisibleTo } from '@farutech/subgraph/authorise';
import { DateTime } from '@farutech/subgraph/scalars';
import { Directive, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { OverrideType, SubscriptionStatus } from '../domain/entitlement.ts';
import { Customer, Plan, TenantInstance } from './stubs.type.ts';

export const SubscriptionStatusEnum = {
  PENDING: 'PENDING',
  ACTIVE: 'ACTIVE',
  SUSPENDED: 'SUSPENDED',
  CANCELLED: 'CANCELLED',
} as const satisfies Record<SubscriptionStatus, SubscriptionStatus>;
registerEnumType(SubscriptionStatusEnum, {
  name: 'SubscriptionStatus',
  description:
    'PENDING until the instance exists; ACTIVE and SUSPENDED back and forth; CANCELLED for good. An expired subscription stays ACTIVE: expiry is a matter of its dates.',
});

const OverrideTypeEnum = {
  ENABLE: 'ENABLE',
  DISABLE: 'DISABLE',
} as const satisfies Record<OverrideType, OverrideType>;
registerEnumType(OverrideTypeEnum, {
  name: 'OverrideType',
  description: 'ENABLE turns on what the plan lacks, DISABLE turns off what it has. The override wins.',
});

@ObjectType({ description: 'An exception to the plan of one subscription, for one feature.' })
export class SubscriptionFeatureOverride {
  @Field(() => ID, { description: 'UUIDv7.' }) id!: string;

  @Field(() => String, { description: 'Code of a feature of the product: "BATCH_CONTROL".' })
  featureCode!: string;

  @Field(() => OverrideTypeEnum, { description: 'Whether it turns the feature on or off.' })
  overrideType!: OverrideType;

  @VisibleTo(...staff)
  @Field(() => String, { nullable: true, description: 'Why; null for those who are not staff.' })
  reason!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it ends by itself; null: never.' })
  expiresAt!: Date | null;

  @Field(() => DateTime, { description: 'When it was set.' }) createdAt!: Date;

  @VisibleTo(...staff)
  @Field(() => String, { nullable: true, description: 'Who set it; null for those who are not staff.' })
  createdBy!: string | null;
}

@ObjectType({ description: 'What an instance has bought: a plan, from when to when.' })
@Directive('@key(fields: "id")')
export class PlanSubscription {
  @Field(() => ID, { description: 'UUIDv7.' }) id!: string;

  @Field(() => Customer, { nullable: true, description: 'Who pays.' })
  customer!: Customer | null;

  @Field(() => TenantInstance, { nullable: true, description: 'What it was bought for.' })
  instance!: TenantInstance | null;

  @Field(() => Plan, { nullable: true, description: 'The very version that was bought.' })
  plan!: Plan | null;

  @Field(() => SubscriptionStatusEnum, { description: 'What holds now.' }) status!: SubscriptionStatus;

  @VisibleTo(...staff)
  @Field(() => String, {
    nullable: true,
    description: 'Why it is suspended or cancelled; null otherwise, and for those who are not staff.',
  })
  statusReason!: string | null;

  @Field(() => DateTime, { description: 'Nothing is on before it.' })
  startsAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'Nothing is on from it; null: no end.' })
  expiresAt!: Date | null;

  @Field(() => DateTime, { description: 'When it was bought.' }) createdAt!: Date;
}

@InputType({ description: 'An exception to the plan of one subscription.' })
export class SetFeatureOverrideInput {
  @Field(() => ID, { description: 'Id of a PlanSubscription.' }) subscriptionId!: string;

  @Field(() => String, {
    description: 'Code of a feature of the product, not retired: "BATCH_CONTROL".',
  })
  featureCode!: string;

  @Field(() => OverrideTypeEnum, { description: 'Whether it is to turn the feature on or off.' })
  overrideType!: OverrideType;

  @Field(() => String, { description: 'Why, for the audit: 1–500 characters. Shown to staff alone.' })
  reason!: string;

  @Field(() => DateTime, { nullable: true, description: 'In the future; without it there is no end.' })
  expiresAt?: Date | null;
}
