import { notFound } from '@farutech/kernel/errors';
import { Authorise } from '@farutech/subgraph/authorise';
import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import type { OperationView } from '../persistence/queries/views.ts';
import { confirmTenantMove } from '../use-cases/confirm-tenant-move.ts';
import { migrateTenantSchema } from '../use-cases/migrate-tenant-schema.ts';
import { moveTenantTier } from '../use-cases/move-tenant-tier.ts';
import { retryOperation } from '../use-cases/retry-operation.ts';
import { revertTenantMove } from '../use-cases/revert-tenant-move.ts';
import type { OperationParts } from '../use-cases/start-operation.ts';
import { causeOf, type TenancyContext } from './context.ts';
import { DatabaseTier } from './enums.ts';
import { Operation } from './operation.type.ts';

const instanceId = 'Id of a TenantInstance; NOT_FOUND when there is none.';
const moveId = 'Id of a MOVE_TIER Operation; NOT_FOUND when there is none.';
const oneAtATime = 'OPERATION_IN_PROGRESS while another operation of the instance is under way.';

async function reread(context: TenancyContext, id: string): Promise<OperationView> {
  const operation = await context.renewReads().operation(id);
  if (operation === null) throw notFound();
  return operation;
}

/** Lo que se le encarga al trabajador y responde con su operación: todo es de quien opera la plataforma. */
export function operationMutations(parts: OperationParts) {
  @Resolver()
  class OperationMutations {
    @Authorise('PLATFORM_ADMIN')
    @Mutation(() => Operation, {
      description: `Moves the data of an ACTIVE or SUSPENDED instance to the other tier while it goes on serving; no write is lost, and writes wait for an instant at the switch. Afterwards the old home is kept warm: the operation is AWAITING_CONFIRMATION until confirmTenantMove, revertTenantMove or its confirmBy. Meanwhile the instance may be suspended and resumed. ${oneAtATime}`,
    })
    async moveTenantTier(
      @Arg('id', () => ID, { description: instanceId }) id: string,
      @Arg('to', () => DatabaseTier, { description: 'ILLEGAL_TRANSITION when its data lives there already.' })
      to: keyof typeof DatabaseTier,
      @Ctx() context: TenancyContext,
    ): Promise<OperationView> {
      const started = await moveTenantTier(parts, causeOf(context), context.viewer, { id, to });
      return await reread(context, started.id);
    }

    @Authorise('PLATFORM_ADMIN')
    @Mutation(() => Operation, {
      description:
        'Keeps a move: ends the warm way back and removes the old home (also by itself at confirmBy). The first decision counts; after it, and before the move waits, ILLEGAL_TRANSITION. UNAVAILABLE while a change of the tenant is still being settled: try again in a moment.',
    })
    async confirmTenantMove(
      @Arg('operationId', () => ID, { description: moveId }) operationId: string,
      @Ctx() context: TenancyContext,
    ): Promise<OperationView> {
      const { id } = await confirmTenantMove(parts, causeOf(context), operationId);
      return await reread(context, id);
    }

    @Authorise('PLATFORM_ADMIN')
    @Mutation(() => Operation, {
      description:
        'Takes a move back: the data returns to the old home with everything that was written since, and the operation ends COMPENSATED with MOVE_REVERTED. The first decision counts; after it, and before the move waits, ILLEGAL_TRANSITION.',
    })
    async revertTenantMove(
      @Arg('operationId', () => ID, { description: moveId }) operationId: string,
      @Ctx() context: TenancyContext,
    ): Promise<OperationView> {
      const { id } = await revertTenantMove(parts, causeOf(context), operationId);
      return await reread(context, id);
    }

    @Authorise('PLATFORM_ADMIN')
    @Mutation(() => Operation, {
      description: `Brings the database of an ACTIVE or SUSPENDED instance to the newest schema of its product; one that is there already ends SUCCEEDED, unchanged. ${oneAtATime}`,
    })
    async migrateTenantSchema(
      @Arg('instanceId', () => ID, { description: instanceId }) id: string,
      @Ctx() context: TenancyContext,
    ): Promise<OperationView> {
      const started = await migrateTenantSchema(parts, causeOf(context), context.viewer, id);
      return await reread(context, started.id);
    }

    @Authorise('PLATFORM_ADMIN')
    @Mutation(() => Operation, {
      description: `FAILED goes on from its first unfinished step; COMPENSATED starts again at step one. ILLEGAL_TRANSITION when it ended well, waits for a decision, or no longer fits the status of its instance. OPERATION_IN_PROGRESS while it, or another operation of its instance, is under way.`,
    })
    async retryOperation(
      @Arg('operationId', () => ID, { description: 'Id of an Operation; NOT_FOUND when there is none.' })
      operationId: string,
      @Ctx() context: TenancyContext,
    ): Promise<OperationView> {
      const { id } = await retryOperation(parts, causeOf(context), operationId);
      return await reread(context, id);
    }
  }
  return OperationMutations;
}
