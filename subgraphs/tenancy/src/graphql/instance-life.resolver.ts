import { notFound } from '@farutech/kernel/errors';
import { Authorise } from '@farutech/subgraph/authorise';
import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import type { InstanceView } from '../persistence/queries/views.ts';
import { decommissionTenantInstance } from '../use-cases/decommission-tenant-instance.ts';
import { resumeTenantInstance } from '../use-cases/resume-tenant-instance.ts';
import type { OperationParts } from '../use-cases/start-operation.ts';
import { suspendTenantInstance } from '../use-cases/suspend-tenant-instance.ts';
import { causeOf, type TenancyContext } from './context.ts';
import { TenantInstance } from './tenant-instance.type.ts';

const instanceId = 'Id of a TenantInstance; NOT_FOUND when it is not yours.';
const reason = 'Why, for the audit: 1–500 characters.';
const accepted =
  'The answer comes at once, with the work as `currentOperation`. OPERATION_IN_PROGRESS while another operation is under way (a move that waits for its confirmation is none).';

async function reread(context: TenancyContext, id: string): Promise<InstanceView> {
  const instance = await context.renewReads().instance(id);
  if (instance === null) throw notFound('id');
  return instance;
}

export function instanceLifeResolver(parts: OperationParts) {
  @Resolver()
  class InstanceLifeResolver {
    @Authorise('PLATFORM_ADMIN', 'CUSTOMER_ADMIN')
    @Mutation(() => TenantInstance, {
      description: `Switches an ACTIVE instance off for now: it becomes SUSPENDED, its data stays. Its plan goes on being billed; to stop that see suspendSubscription. ILLEGAL_TRANSITION when it is not ACTIVE. ${accepted}`,
    })
    async suspendTenantInstance(
      @Arg('id', () => ID, { description: instanceId }) id: string,
      @Arg('reason', () => String, { description: reason }) why: string,
      @Ctx() context: TenancyContext,
    ): Promise<InstanceView> {
      const input = { id, reason: why };
      const { instance } = await suspendTenantInstance(parts, causeOf(context), context.viewer, input);
      return await reread(context, instance.id);
    }

    @Authorise('PLATFORM_ADMIN', 'CUSTOMER_ADMIN')
    @Mutation(() => TenantInstance, {
      description: `Switches a SUSPENDED instance on again, whoever suspended it: it becomes ACTIVE. What a subscription withholds stays withheld. ILLEGAL_TRANSITION when it is not SUSPENDED. ${accepted}`,
    })
    async resumeTenantInstance(
      @Arg('id', () => ID, { description: instanceId }) id: string,
      @Ctx() context: TenancyContext,
    ): Promise<InstanceView> {
      const { instance } = await resumeTenantInstance(parts, causeOf(context), context.viewer, id);
      return await reread(context, instance.id);
    }

    @Authorise('PLATFORM_ADMIN')
    @Mutation(() => TenantInstance, {
      description: `Takes an ACTIVE, SUSPENDED or FAILED instance down for good: it becomes DECOMMISSIONED and its subscription ends. Its data is erased after a grace. ILLEGAL_TRANSITION when it is DECOMMISSIONED already. The answer comes at once, with the work as \`currentOperation\`. OPERATION_IN_PROGRESS while another operation is under way.`,
    })
    async decommissionTenantInstance(
      @Arg('id', () => ID, { description: instanceId }) id: string,
      @Arg('reason', () => String, { description: reason }) why: string,
      @Ctx() context: TenancyContext,
    ): Promise<InstanceView> {
      const input = { id, reason: why };
      const { instance } = await decommissionTenantInstance(parts, causeOf(context), context.viewer, input);
      return await reread(context, instance.id);
    }
  }
  return InstanceLifeResolver;
}
