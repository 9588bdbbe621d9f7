import { DateTime } from '@farutech/subgraph/scalars';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { type FeatureCause, featureCauses } from '../domain/effective-features.ts';
import { Feature, Plan, TenantInstance } from './stubs.type.ts';

const meanings: Record<FeatureCause, string> = {
  NO_SUBSCRIPTION: 'Off: the instance has no subscription (yet).',
  SUBSCRIPTION_CANCELLED: 'Off: the subscription is cancelled.',
  SUBSCRIPTION_NOT_STARTED: 'Off: the subscription is not active yet, or its start lies in the future.',
  SUBSCRIPTION_EXPIRED: 'Off: the subscription has passed its expiry.',
  SUBSCRIPTION_SUSPENDED: 'Off: the subscription is suspended.',
  INSTANCE_NOT_ACTIVE: 'Off: the instance is not running.',
  FEATURE_RETIRED: 'Off: the feature was retired from the product.',
  OVERRIDE_DISABLE: 'Off: an override of this subscription disables it, whatever the plan says.',
  OVERRIDE_ENABLE: 'On: an override of this subscription enables it, whatever the plan says.',
  PLAN: 'On: the plan includes it.',
  NOT_IN_PLAN: 'Off: the plan does not include it.',
};

const FeatureCauseEnum = Object.fromEntries(featureCauses.map((cause) => [cause, cause]));
registerEnumType(FeatureCauseEnum, {
  name: 'FeatureCause',
  description: 'Why a feature is on or off, from what stops everything to what concerns one feature.',
  valuesConfig: Object.fromEntries(featureCauses.map((cause) => [cause, { description: meanings[cause] }])),
});

@ObjectType({
  description:
    '`causes` is the smallest set whose undoing, together, flips the feature. `cause` is its first in the order of the enum.',
})
export class EffectiveFeature {
  @Field(() => String, { description: 'Code within the product: "BATCH_CONTROL".' })
  code!: string;

  @Field(() => Boolean, { description: 'Whether the instance may use it now.' })
  enabled!: boolean;

  @Field(() => FeatureCauseEnum, { description: 'The first of `causes`.' })
  cause!: FeatureCause;

  @Field(() => [FeatureCauseEnum], {
    description:
      'All that must be undone together to flip `enabled`. ENABLE on a feature that the plan includes has two: OVERRIDE_ENABLE and PLAN.',
  })
  causes!: readonly FeatureCause[];

  @Field(() => String, {
    description:
      'One sentence for a person: "BATCH_CONTROL is off since 2026-03-01: disabled for this customer; VET_PROFESSIONAL v3 would include it." Who did it and why is told to the staff alone.',
  })
  explanation!: string;

  @Field(() => Feature, { nullable: true, description: 'The feature as the catalog describes it.' })
  feature!: Feature | null;
}

@ObjectType({
  description:
    'What a child application asks for. `features` names every feature of the product, on or off, each with its cause. Before anything existed: nothing enabled, NO_SUBSCRIPTION, never NOT_FOUND.',
})
export class EffectiveFeatures {
  @Field(() => ID, { description: 'The instance that was asked about.' })
  instanceId!: string;

  @Field(() => TenantInstance, { nullable: true, description: 'The instance that was asked about.' })
  instance!: TenantInstance | null;

  @Field(() => Plan, {
    nullable: true,
    description: 'The very version of the plan that was bought; null before there is a subscription.',
  })
  plan!: Plan | null;

  @Field(() => [String], { description: 'The codes that are on, sorted.' })
  enabled!: readonly string[];

  @Field(() => [EffectiveFeature], { description: 'Every feature of the product, sorted by code.' })
  features!: readonly EffectiveFeature[];

  @Field(() => Int, {
    description:
      'Users that the plan allows, whether or not anything is on; 0 before there is a subscription.',
  })
  maxUsers!: number;

  @Field(() => String, {
    description:
      'A digest (22 characters) of plan, features (code, enabled, cause) and maxUsers: equal answers have equal versions; an entity tag.',
  })
  version!: string;

  @Field(() => DateTime, { description: 'The instant for which this answer holds.' })
  evaluatedAt!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When `version` will change by itself (a start, an expiry, a scheduled cancellation, the end of an override) if nothing else happens; null: never.',
  })
  nextChangeAt!: Date | null;

  @Field(() => String, {
    description:
      'For `after` of effectiveFeaturesChanged: it goes on behind this answer. Another whenever the answer, or one that will follow by itself, is another.',
  })
  cursor!: string;
}
