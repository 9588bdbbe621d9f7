import { invalid, notFound } from '@farutech/kernel/errors';
import { Authorise, everybody } from '@farutech/subgraph/authorise';
import { type Connection, parsePage, toConnection } from '@farutech/subgraph/connection';
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { CustomerView, InstanceView, OperationView } from '../persistence/queries/views.ts';
import {
  type ProvisionTenantInstanceParts,
  provisionTenantInstance,
} from '../use-cases/provision-tenant-instance.ts';
import { causeOf, type TenancyContext } from './context.ts';
import { Customer } from './customer.type.ts';
import { Operation, OperationConnection } from './operation.type.ts';
import { afterOptions, firstOptions } from './page-arguments.ts';
import {
  Product,
  ProvisionTenantInstanceInput,
  TenantInstance,
  TenantInstanceConnection,
  TenantInstanceFilter,
} from './tenant-instance.type.ts';

export function tenantInstanceResolver(parts: ProvisionTenantInstanceParts) {
  @Resolver(() => TenantInstance)
  class TenantInstanceResolver {
    @Authorise(...everybody)
    @Query(() => TenantInstanceConnection, { description: 'The instances that you may see, newest first.' })
    async tenantInstances(
      @Arg('first', () => Int, firstOptions(50)) first: number | null,
      @Arg('after', () => String, afterOptions) after: string | null,
      @Arg('filter', () => TenantInstanceFilter, {
        nullable: true,
        description: 'Which of them; all when left out.',
      })
      filter: TenantInstanceFilter | null,
      @Ctx() { reads }: TenancyContext,
    ): Promise<Connection<InstanceView>> {
      const page = parsePage({ first: first ?? 50, after });
      const wanted = filter ?? {};
      const rows = await reads.instances(page, wanted);
      return toConnection(
        rows,
        page,
        (row) => row,
        () => reads.countInstances(wanted),
      );
    }

    @Authorise(...everybody)
    @Query(() => TenantInstance, {
      nullable: true,
      description: 'By either of its ids. Null where there is none, or it is not yours.',
    })
    tenantInstance(
      @Arg('id', () => ID, { nullable: true, description: 'Id of a TenantInstance.' }) id: string | null,
      @Arg('globalInstanceId', () => String, { nullable: true, description: '"vet-norte-3f9a1c0be2d4"' })
      globalInstanceId: string | null,
      @Ctx() { reads }: TenancyContext,
    ): Promise<InstanceView | null> {
      if (id != null && globalInstanceId == null) return reads.instance(id);
      if (id == null && globalInstanceId != null) return reads.instanceByGlobalId(globalInstanceId);
      throw invalid('id', 'Give one of id and globalInstanceId.');
    }

    @Authorise('PLATFORM_ADMIN', 'CUSTOMER_ADMIN')
    @Mutation(() => TenantInstance, {
      description:
        'Sells a plan and orders an instance for it. The answer comes at once, PROVISIONING; follow it with `provisioningStatus`. Refusals name the field of the input.',
    })
    async provisionTenantInstance(
      @Arg('input', () => ProvisionTenantInstanceInput, { description: 'The order.' })
      input: ProvisionTenantInstanceInput,
      @Ctx() context: TenancyContext,
    ): Promise<InstanceView> {
      const { id } = await provisionTenantInstance(parts, causeOf(context), context.viewer, input);
      const instance = await context.renewReads().instance(id);
      if (instance === null) throw notFound();
      return instance;
    }

    @FieldResolver(() => Customer, { description: 'Whom it runs for.' })
    async customer(
      @Root() { customerId }: InstanceView,
      @Ctx() { reads }: TenancyContext,
    ): Promise<CustomerView> {
      const customer = await reads.customer(customerId);
      if (customer === null) throw notFound();
      return customer;
    }

    @FieldResolver(() => Product, { nullable: true, description: 'What is installed.' })
    product(@Root() { productId }: InstanceView): Product {
      return { id: productId };
    }

    @FieldResolver(() => OperationConnection, { description: 'Newest first.' })
    async operations(
      @Root() { id }: InstanceView,
      @Arg('first', () => Int, firstOptions(20)) first: number | null,
      @Arg('after', () => String, afterOptions) after: string | null,
      @Ctx() { reads }: TenancyContext,
    ): Promise<Connection<OperationView>> {
      const page = parsePage({ first: first ?? 20, after });
      const rows = await reads.operationsOf(id, page);
      const cursorOf = ({ startedAt: createdAt, id: operationId }: OperationView) => ({
        createdAt,
        id: operationId,
      });
      return toConnection(rows, page, cursorOf, () => reads.countOperationsOf(id));
    }

    @FieldResolver(() => Operation, {
      nullable: true,
      description: 'The one that is under way, if any; beside it a move may wait for its confirmation.',
    })
    currentOperation(
      @Root() { id }: InstanceView,
      @Ctx() { reads }: TenancyContext,
    ): Promise<OperationView | null> {
      return reads.currentOperationOf(id);
    }
  }
  return TenantInstanceResolver;
}
