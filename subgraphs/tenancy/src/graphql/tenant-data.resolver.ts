import { notFound } from '@farutech/kernel/errors';
import type { Role } from '@farutech/kernel/viewer';
import { Authorise, demand } from '@farutech/subgraph/authorise';
import { type Connection, parsePage, toConnection } from '@farutech/subgraph/connection';
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Resolver, Root } from 'type-graphql';
import type { InstanceView, TenantSettingView, TenantUserView } from '../persistence/queries/views.ts';
import { type AddTenantUserParts, addTenantUser } from '../use-cases/add-tenant-user.ts';
import { removeTenantUser } from '../use-cases/remove-tenant-user.ts';
import { setTenantSettings } from '../use-cases/set-tenant-settings.ts';
import { causeOf, type TenancyContext } from './context.ts';
import { afterOptions, firstOptions } from './page-arguments.ts';
import {
  TenantSetting,
  TenantSettingInput,
  TenantUser,
  TenantUserConnection,
  TenantUserInput,
} from './tenant-data.type.ts';
import { TenantInstance } from './tenant-instance.type.ts';

export type TenantDataParts = AddTenantUserParts;

const writers = ['PLATFORM_ADMIN', 'SUPPORT', 'CUSTOMER_ADMIN'] as const satisfies readonly Role[];
/** También el programa de la instancia, de la suya. Son datos del cliente y de su gente: los demás, no. */
const readers = [...writers, 'CHILD_APP'] as const satisfies readonly Role[];

const instanceId =
  'Id of a TenantInstance. NOT_FOUND when it is not yours, ILLEGAL_TRANSITION when it is not ACTIVE.';
const reach =
  'Read from its own database: at most 20 instances a query (QUERY_TOO_COMPLEX). FORBIDDEN for BILLING and CUSTOMER_VIEWER.';

async function reread(context: TenancyContext, id: string): Promise<InstanceView> {
  const instance = await context.renewReads().instance(id);
  if (instance === null) throw notFound('instanceId');
  return instance;
}

export function tenantDataResolver(parts: TenantDataParts) {
  @Resolver(() => TenantInstance)
  class TenantDataResolver {
    @FieldResolver(() => [TenantSetting], { description: `By key. ${reach}` })
    settings(
      @Root() { id }: InstanceView,
      @Ctx() context: TenancyContext,
    ): Promise<readonly TenantSettingView[]> {
      demand(context, readers);
      return context.reads.settingsOf(id);
    }

    @FieldResolver(() => TenantUserConnection, { description: `Newest first. ${reach}` })
    async users(
      @Root() { id }: InstanceView,
      @Arg('first', () => Int, firstOptions(50)) first: number | null,
      @Arg('after', () => String, afterOptions) after: string | null,
      @Ctx() context: TenancyContext,
    ): Promise<Connection<TenantUserView>> {
      demand(context, readers);
      const page = parsePage({ first: first ?? 50, after });
      const rows = await context.reads.tenantUsersOf(id, page);
      return toConnection(
        rows,
        page,
        (row) => row,
        () => context.reads.countTenantUsersOf(id),
      );
    }

    @Authorise(...writers)
    @Mutation(() => TenantInstance, {
      description:
        'Adds or replaces the settings that are given; the others stay. VALIDATION_FAILED on key, value or settings.',
    })
    async setTenantSettings(
      @Arg('instanceId', () => ID, { description: instanceId }) id: string,
      @Arg('settings', () => [TenantSettingInput], { description: '1 to 50, no key twice.' })
      settings: TenantSettingInput[],
      @Ctx() context: TenancyContext,
    ): Promise<InstanceView> {
      const input = { instanceId: id, settings };
      const done = await setTenantSettings(parts, causeOf(context), context.viewer, input);
      return await reread(context, done.instanceId);
    }

    @Authorise(...writers)
    @Mutation(() => TenantUser, {
      description:
        'Adds somebody to an instance. TENANT_USER_EXISTS when the e-mail address is there, SEAT_LIMIT_REACHED when the seats of its plan (maxUsers) are taken.',
    })
    addTenantUser(
      @Arg('instanceId', () => ID, { description: instanceId }) id: string,
      @Arg('input', () => TenantUserInput, { description: 'Who it is.' }) input: TenantUserInput,
      @Ctx() context: TenancyContext,
    ): Promise<TenantUserView> {
      return addTenantUser(parts, causeOf(context), context.viewer, { ...input, instanceId: id });
    }

    @Authorise(...writers)
    @Mutation(() => TenantInstance, {
      description: 'Takes somebody out of an instance; the seat is free again.',
    })
    async removeTenantUser(
      @Arg('instanceId', () => ID, { description: instanceId }) id: string,
      @Arg('userId', () => ID, { description: 'Id of a TenantUser of that instance; else NOT_FOUND.' })
      userId: string,
      @Ctx() context: TenancyContext,
    ): Promise<InstanceView> {
      const input = { instanceId: id, userId };
      const done = await removeTenantUser(parts, causeOf(context), context.viewer, input);
      return await reread(context, done.instanceId);
    }
  }
  return TenantDataResolver;
}
