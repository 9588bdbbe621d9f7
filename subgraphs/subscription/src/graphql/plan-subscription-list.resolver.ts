import { parseUuid } from '@farutech/kernel/ids';
import { Authorise, everybody } from '@farutech/subgraph/authorise';
import { type Connection, parsePage, toConnection } from '@farutech/subgraph/connection';
import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql';
import type { PlanSubscriptionFilter as ParsedFilter } from '../persistence/queries/plan-subscription-list.ts';
import type { SubscriptionContext } from './context.ts';
import type { PlanSubscription } from './plan-subscription.type.ts';
import { toPlanSubscription } from './plan-subscription.view.ts';
import { PlanSubscriptionConnection, PlanSubscriptionFilter } from './plan-subscription-list.type.ts';

const parseFilter = (raw: PlanSubscriptionFilter | null): ParsedFilter => ({
  customerId: raw?.customerId == null ? null : parseUuid(raw.customerId, 'customerId'),
  planCode: raw?.planCode ?? null,
  planVersion: raw?.planVersion ?? null,
  status: raw?.status ?? null,
  expiresBefore: raw?.expiresBefore ?? null,
});

@Resolver()
export class PlanSubscriptionListResolver {
  @Authorise(...everybody)
  @Query(() => PlanSubscriptionConnection, {
    description: 'Subscriptions that the viewer may see, newest first.',
  })
  async planSubscriptions(
    @Arg('first', () => Int, {
      nullable: true,
      defaultValue: 50,
      description: 'How many at most, from 1 to 100.',
    })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: '`endCursor` of the page before.' })
    after: string | null,
    @Arg('filter', () => PlanSubscriptionFilter, {
      nullable: true,
      description: 'Which of them; all when left out.',
    })
    filter: PlanSubscriptionFilter | null,
    @Ctx() { list }: SubscriptionContext,
  ): Promise<Connection<PlanSubscription>> {
    const page = parsePage({ first, after });
    const wanted = parseFilter(filter);
    const rows = await list.page(page, wanted);
    return toConnection(
      rows.map(toPlanSubscription),
      page,
      (row) => row,
      () => list.count(wanted),
    );
  }
}
