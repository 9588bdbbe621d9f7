import { staff } from '@farutech/kernel/viewer';
import { Authorise } from '@farutech/subgraph/authorise';
import { Ctx, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { OverviewView } from '../persistence/queries/overview-query.ts';
import type { InstanceView } from '../persistence/queries/views.ts';
import type { TenancyContext } from './context.ts';
import { TenantInstanceStatus } from './enums.ts';

@ObjectType({ description: 'How many instances have one status.' })
class StatusCount {
  @Field(() => TenantInstanceStatus, { description: 'The status that is counted.' })
  status!: InstanceView['status'];

  @Field(() => Int, { description: 'Instances that have it now; 0 is told, too.' })
  count!: number;
}

@ObjectType({ description: 'Where everything stands, in numbers.' })
class Overview {
  @Field(() => [StatusCount], { description: 'One for each status, in the order of the enum.' })
  instances!: StatusCount[];

  @Field(() => Int, { description: 'Customers, active or not, that were not erased.' })
  customers!: number;

  @Field(() => Int, { description: 'Messages given up that nobody has replayed or discarded.' })
  openDeadLetters!: number;

  @Field(() => Int, {
    description: 'Operations under way: SCHEDULED, RUNNING, AWAITING_CONFIRMATION or COMPENSATING.',
  })
  operationsRunning!: number;

  @Field(() => Int, { description: 'Operations that ended FAILED or COMPENSATED and were not retried.' })
  operationsFailed!: number;
}

@Resolver(() => Overview)
export class OverviewResolver {
  @Authorise(...staff)
  @Query(() => Overview, { description: 'The numbers that an operator looks at first. For staff.' })
  overview(@Ctx() { reads }: TenancyContext): Promise<OverviewView> {
    return reads.overview();
  }
}
