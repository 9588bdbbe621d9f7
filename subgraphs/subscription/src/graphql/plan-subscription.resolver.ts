import { parseUuid } from '@farutech/kernel/ids';
import { Authorise, everybody } from '@farutech/subgraph/authorise';
import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { clearFeatureOverride } from '../use-cases/clear-feature-override.ts';
import { setFeatureOverride } from '../use-cases/set-feature-override.ts';
import { causeOf, type SubscriptionContext } from './context.ts';
import {
  PlanSubscription,
  SetFeatureOverrideInput,
  SubscriptionFeatureOverride,
} from './plan-subscription.type.ts';
import { afterChange, findPlanSubscription, toScheduledChange } from './plan-subscription.view.ts';
import { ScheduledChange } from './scheduled-change.type.ts';

@Resolver(() => PlanSubscription)
export class PlanSubscriptionResolver {
  @Authorise(...everybody)
  @Query(() => PlanSubscription, {
    nullable: true,
    description: 'null: there is none, or the viewer may not see it.',
  })
  async planSubscription(
    @Arg('id', () => ID, { description: 'Id of a PlanSubscription.' }) id: string,
    @Ctx() context: SubscriptionContext,
  ): Promise<PlanSubscription | null> {
    return await findPlanSubscription(parseUuid(id, 'id'), context);
  }

  @FieldResolver(() => [SubscriptionFeatureOverride], {
    description: 'The exceptions in force, by feature code.',
  })
  async featureOverrides(
    @Root() { id }: PlanSubscription,
    @Ctx() { loaders }: SubscriptionContext,
  ): Promise<readonly SubscriptionFeatureOverride[]> {
    const rows = await loaders.overrides.load(id);
    return rows.map(({ validTo, ...row }) => ({ ...row, expiresAt: validTo }));
  }

  @FieldResolver(() => [ScheduledChange], {
    description:
      'What will happen to it by itself, by date. After a CANCELLATION nothing more: what was agreed for later has no meaning then.',
  })
  async scheduledChanges(
    @Root() { id }: PlanSubscription,
    @Ctx() { loaders, viewer }: SubscriptionContext,
  ): Promise<readonly ScheduledChange[]> {
    const rows = await loaders.scheduledChanges.load(id);
    return rows.map((row) => toScheduledChange(row, viewer));
  }

  @Authorise('PLATFORM_ADMIN', 'SUPPORT')
  @Mutation(() => PlanSubscription, {
    description:
      'Turns one feature on or off for one subscription, whatever its plan says, at once. Setting it again replaces it. FEATURE_NOT_IN_PRODUCT, FEATURE_RETIRED.',
  })
  async setFeatureOverride(
    @Arg('input', () => SetFeatureOverrideInput, { description: 'The exception.' })
    input: SetFeatureOverrideInput,
    @Ctx() context: SubscriptionContext,
  ): Promise<PlanSubscription> {
    const subscriptionId = parseUuid(input.subscriptionId, 'subscriptionId');
    const parsed = { ...input, subscriptionId, expiresAt: input.expiresAt ?? null };
    return await afterChange(await setFeatureOverride(context.parts, causeOf(context), parsed), context);
  }

  @Authorise('PLATFORM_ADMIN', 'SUPPORT')
  @Mutation(() => PlanSubscription, {
    description:
      'Takes the override of one feature away: the plan decides again. NOT_FOUND on featureCode when there is none.',
  })
  async clearFeatureOverride(
    @Arg('subscriptionId', () => ID, { description: 'Id of a PlanSubscription.' }) subscriptionId: string,
    @Arg('featureCode', () => String, { description: 'As it was set: "BATCH_CONTROL".' }) featureCode: string,
    @Ctx() context: SubscriptionContext,
  ): Promise<PlanSubscription> {
    const parsed = { subscriptionId: parseUuid(subscriptionId, 'subscriptionId'), featureCode };
    return await afterChange(await clearFeatureOverride(context.parts, causeOf(context), parsed), context);
  }
}
