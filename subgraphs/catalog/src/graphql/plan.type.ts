import { VisibleTo } from '@farutech/subgraph/authorise';
import { DateTime, Decimal } from '@farutech/subgraph/scalars';
import { Directive, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { BillingInterval, PlanType } from '../domain/plan.ts';

export const planTypes = {
  STANDARD: 'STANDARD',
  PROFESSIONAL: 'PROFESSIONAL',
  ENTERPRISE: 'ENTERPRISE',
} as const satisfies { readonly [Name in PlanType]: Name };
registerEnumType(planTypes, {
  name: 'PlanType',
  description: 'How a plan is positioned. The database tier of an instance does not depend on it.',
  valuesConfig: {
    STANDARD: { description: 'The entry: "VET_BASIC".' },
    PROFESSIONAL: { description: 'For those who live off it: "VET_PROFESSIONAL".' },
    ENTERPRISE: { description: 'All that the product has: "VET_ENTERPRISE".' },
  },
});

export const billingIntervals = { MONTH: 'MONTH', YEAR: 'YEAR' } as const satisfies {
  readonly [Name in BillingInterval]: Name;
};
registerEnumType(billingIntervals, {
  name: 'BillingInterval',
  description: 'What a price is paid for.',
  valuesConfig: {
    MONTH: { description: 'A month, from the day on which the subscription starts.' },
    YEAR: { description: 'Twelve months, paid at once.' },
  },
});

@ObjectType({
  description:
    'A commercial offer. A published version never changes; a new publication of the same code is the next version.',
})
@Directive('@key(fields: "id")')
export class Plan {
  @Field(() => ID, { description: 'UUIDv7, of this version: "0198a4c2-7c1e-7b3a-9d52-4f0e6a1b2c3d".' })
  readonly id!: string;

  @Field(() => String, { description: '"VET_PROFESSIONAL": A-Z, 0-9 and _, of one product for good.' })
  readonly code!: string;

  @Field(() => Int, { description: 'From 1, one more with each publication of the code: 3.' })
  readonly version!: number;

  @Field(() => String, { description: 'What people call it: "Vet Profesional".' })
  readonly name!: string;

  @Field(() => planTypes, {
    description: 'How it is positioned among the plans of its product: `PROFESSIONAL`.',
  })
  readonly type!: PlanType;

  @VisibleTo('PLATFORM_ADMIN', 'BILLING', 'CUSTOMER_ADMIN')
  @Field(() => Decimal, {
    nullable: true,
    description:
      'For one interval, before tax, with the decimals of its currency: "49.90". Null for roles that may not see prices.',
  })
  readonly price!: string | null;

  @Field(() => billingIntervals, { description: 'What `price` is paid for: `MONTH`.' })
  readonly interval!: BillingInterval;

  @Field(() => String, { description: 'ISO 4217: "USD".' })
  readonly currency!: string;

  @Field(() => Int, { description: 'How many users an instance on this plan may have: 20.' })
  readonly maxUsers!: number;

  @Field(() => DateTime, {
    description: 'Since when this version is the newest, or was: "2026-03-02T08:00:00.000Z".',
  })
  readonly publishedAt!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'Since when it is no longer sold: "2026-09-01T00:00:00.000Z". What was sold goes on as it was. Null: on sale.',
  })
  readonly retiredAt!: Date | null;

  readonly productId!: string;
}

@InputType({ description: 'One more version of a plan.' })
export class PublishPlanInput {
  @Field(() => ID, {
    description: 'Of the product: "0198a4c2-7c1e-7b3a-9d52-4f0e6a1b2c3d". Unknown: NOT_FOUND.',
  })
  readonly productId!: string;

  @Field(() => String, {
    description: '"VET_PROFESSIONAL". PLAN_NOT_IN_PRODUCT when it is a plan of another product.',
  })
  readonly code!: string;

  @Field(() => String, { description: 'One line of 1 to 120 characters: "Vet Profesional".' })
  readonly name!: string;

  @Field(() => planTypes, {
    description: 'How it is positioned among the plans of its product: `PROFESSIONAL`.',
  })
  readonly type!: PlanType;

  @Field(() => Decimal, {
    description:
      'For one interval, before tax: "49.90". Not below zero, no more decimals than its currency has.',
  })
  readonly price!: string;

  @Field(() => String, { nullable: true, defaultValue: 'USD', description: 'ISO 4217: "USD", "COP".' })
  readonly currency?: string | null;

  @Field(() => billingIntervals, {
    nullable: true,
    defaultValue: 'MONTH',
    description: 'What `price` is paid for: `YEAR`.',
  })
  readonly interval?: BillingInterval | null;

  @Field(() => [String], {
    description:
      'Codes of features of the product: `["DIGITAL_RECORDS", "BATCH_CONTROL"]`. FEATURE_NOT_IN_PRODUCT for an unknown one, FEATURE_RETIRED for a retired one.',
  })
  readonly includedFeatures!: string[];

  @Field(() => Int, { description: 'Users that an instance on it may have, from 1 to 1000000: 20.' })
  readonly maxUsers!: number;
}
