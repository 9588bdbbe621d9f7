import { Authorise, everybody } from '@farutech/subgraph/authorise';
import { type Connection, parsePage, toConnection } from '@farutech/subgraph/connection';
import { DateTime } from '@farutech/subgraph/scalars';
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { OperationView, StepView } from '../persistence/queries/views.ts';
import type { TenancyContext } from './context.ts';
import { Operation, OperationConnection, OperationFilter, OperationStep } from './operation.type.ts';
import { afterOptions, firstOptions } from './page-arguments.ts';

@Resolver(() => Operation)
export class OperationResolver {
  @Authorise(...everybody)
  @Query(() => Operation, { nullable: true, description: 'Null where there is none, or it is not yours.' })
  operation(
    @Arg('id', () => ID, { description: 'Id of an Operation.' }) id: string,
    @Ctx() { reads }: TenancyContext,
  ): Promise<OperationView | null> {
    return reads.operation(id);
  }

  @Authorise(...everybody)
  @Query(() => OperationConnection, { description: 'The operations that you may see, newest first.' })
  async operations(
    @Arg('first', () => Int, firstOptions(50)) first: number | null,
    @Arg('after', () => String, afterOptions) after: string | null,
    @Arg('filter', () => OperationFilter, {
      nullable: true,
      description: 'Which of them; all when left out.',
    })
    filter: OperationFilter | null,
    @Ctx() { reads }: TenancyContext,
  ): Promise<Connection<OperationView>> {
    const page = parsePage({ first: first ?? 50, after });
    const wanted = filter ?? {};
    const rows = await reads.operations(page, wanted);
    const cursorOf = ({ startedAt: createdAt, id }: OperationView) => ({ createdAt, id });
    return toConnection(rows, page, cursorOf, () => reads.countOperations(wanted));
  }

  @FieldResolver(() => [OperationStep], { description: 'In order, those still to come too.' })
  async steps(@Root() { id }: OperationView, @Ctx() { reads }: TenancyContext): Promise<readonly StepView[]> {
    return await reads.stepsOf(id);
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When a move that is AWAITING_CONFIRMATION confirms itself; null for anything else.',
  })
  async confirmBy(
    @Root() { id, state }: OperationView,
    @Ctx() { reads }: TenancyContext,
  ): Promise<Date | null> {
    return state === 'AWAITING_CONFIRMATION' ? await reads.confirmByOf(id) : null;
  }
}
