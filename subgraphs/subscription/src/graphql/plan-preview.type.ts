import { connectionType } from '@farutech/subgraph/connection';
import { DateTime } from '@farutech/subgraph/scalars';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { Preview } from '../persistence/queries/plan-preview.ts';
import { TenantInstance } from './stubs.type.ts';

@InputType({ description: 'What the next version of a plan would be.' })
export class PreviewPlanInput {
  @Field(() => String, { description: 'A plan that exists, on sale or not: "VET_PROFESSIONAL".' })
  planCode!: string;

  @Field(() => [String], {
    description:
      'All that it would include: `["DIGITAL_RECORDS", "BATCH_CONTROL"]`. FEATURE_NOT_IN_PRODUCT for an unknown one, FEATURE_RETIRED for a retired one.',
  })
  includedFeatures!: string[];

  @Field(() => Int, { description: 'Users that an instance on it could have, from 1 to 1000000: 20.' })
  maxUsers!: number;
}

@ObjectType({ description: 'What one instance would gain and lose.' })
export class FeatureChange {
  @Field(() => ID, { description: 'Id of a TenantInstance.' }) instanceId!: string;

  @Field(() => TenantInstance, { nullable: true, description: 'Whose features they are.' })
  instance!: TenantInstance | null;

  @Field(() => [String], { description: 'Codes that are off now and would be on, sorted.' })
  gained!: readonly string[];

  @Field(() => [String], { description: 'Codes that are on now and would be off, sorted.' })
  lost!: readonly string[];
}

export const FeatureChangeConnection = connectionType(FeatureChange, 'FeatureChange');

@ObjectType({ description: 'What would change, and for whom. Nothing of it is kept.' })
export class PlanPreview {
  @Field(() => String, {
    description:
      'A digest (22 characters) of maxUsers and of what each affected instance would gain and lose: equal previews have equal hashes. Look again before you move them; when it is the same, the move does what was seen.',
  })
  hash!: string;

  @Field(() => DateTime, { description: 'The instant at which it was looked.' }) asOf!: Date;

  @Field(() => Int, {
    description:
      'How many instances would be moved: all whose subscription is ACTIVE or SUSPENDED and on any version of the plan, also those that would neither gain nor lose a feature.',
  })
  affectedInstances!: number;

  readonly all!: Preview['changes'];
}
