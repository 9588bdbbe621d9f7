import { Authorise } from '@farutech/subgraph/authorise';
import { type Connection, parsePage, toConnection } from '@farutech/subgraph/connection';
import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { parseOffer } from '../domain/plan-preview.ts';
import type { SubscriptionContext } from './context.ts';
import {
  type FeatureChange,
  FeatureChangeConnection,
  PlanPreview,
  PreviewPlanInput,
} from './plan-preview.type.ts';

@Resolver(() => PlanPreview)
export class PlanPreviewResolver {
  @Authorise('PLATFORM_ADMIN', 'BILLING')
  @Query(() => PlanPreview, {
    description:
      "What would change, and for whom, if this were published and the plan's current subscribers were moved to it. Writes nothing. NOT_FOUND on `planCode` for a plan that does not exist.",
  })
  async previewPlan(
    @Arg('input', () => PreviewPlanInput, { description: 'The version to look at.' })
    input: PreviewPlanInput,
    @Ctx() { previewPlan }: SubscriptionContext,
  ): Promise<PlanPreview> {
    const { hash, asOf, affected, changes } = await previewPlan(parseOffer(input));
    return { hash, asOf, affectedInstances: affected, all: changes };
  }

  @FieldResolver(() => FeatureChangeConnection, {
    description: 'The instances that would gain or lose a feature, bought last first.',
  })
  changes(
    @Root() { all }: PlanPreview,
    @Arg('first', () => Int, {
      nullable: true,
      defaultValue: 50,
      description: 'How many at most, from 1 to 100.',
    })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: '`endCursor` of the page before.' })
    after: string | null,
  ): Connection<FeatureChange> {
    const page = parsePage({ first, after });
    const from = page.after;
    const behind = all.filter(
      ({ createdAt, instanceId }) =>
        from === null ||
        createdAt < from.createdAt ||
        (+createdAt === +from.createdAt && instanceId < from.id),
    );
    const rows = behind.slice(0, page.first + 1).map((change) => ({
      ...change,
      id: change.instanceId,
      instance: { id: change.instanceId },
    }));
    return toConnection(
      rows,
      page,
      (row) => row,
      async () => all.length,
    );
  }
}
