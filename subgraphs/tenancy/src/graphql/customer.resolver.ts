import { hasRole } from '@farutech/kernel/viewer';
import { Authorise } from '@farutech/subgraph/authorise';
import { type Connection, parsePage, toConnection } from '@farutech/subgraph/connection';
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { normaliseEmail } from '../domain/email-address.ts';
import { compactTaxId } from '../domain/tax-id.ts';
import type { CustomerSearch } from '../persistence/queries/customer-queries.ts';
import type { CustomerView, InstanceView } from '../persistence/queries/views.ts';
import type { TenancyContext } from './context.ts';
import { Customer, CustomerConnection, seePersonalData } from './customer.type.ts';
import { afterOptions, firstOptions } from './page-arguments.ts';
import { TenantInstanceConnection } from './tenant-instance.type.ts';

const people = ['PLATFORM_ADMIN', 'SUPPORT', 'BILLING', 'CUSTOMER_ADMIN', 'CUSTOMER_VIEWER'] as const;

/** Quien no ve un NIT tampoco puede preguntar por él hasta acertar. */
function parseSearch(raw: string | null | undefined, { viewer }: TenancyContext): CustomerSearch | null {
  const text = raw?.trim() ?? '';
  if (text === '') return null;
  const exact = hasRole(viewer, seePersonalData);
  return {
    text,
    taxId: exact ? compactTaxId(text) : null,
    billingEmail: exact ? normaliseEmail(text) : null,
  };
}

@Resolver(() => Customer)
export class CustomerResolver {
  @Authorise(...people)
  @Query(() => CustomerConnection, {
    description: 'Customers, newest first. A viewer who works for a customer sees that one alone.',
  })
  async customers(
    @Arg('first', () => Int, firstOptions(50)) first: number | null,
    @Arg('after', () => String, afterOptions) after: string | null,
    @Arg('search', () => String, {
      nullable: true,
      description: 'A part of the legal name, or a whole tax id, or a whole e-mail address.',
    })
    search: string | null,
    @Ctx() context: TenancyContext,
  ): Promise<Connection<CustomerView>> {
    const page = parsePage({ first: first ?? 50, after });
    const wanted = parseSearch(search, context);
    const rows = await context.reads.customers(page, wanted);
    return toConnection(
      rows,
      page,
      (row) => row,
      () => context.reads.countCustomers(wanted),
    );
  }

  @Authorise(...people)
  @Query(() => Customer, { nullable: true, description: 'Null where there is none, or it is not yours.' })
  customer(
    @Arg('id', () => ID, { description: 'Id of a Customer.' }) id: string,
    @Ctx() { reads }: TenancyContext,
  ): Promise<CustomerView | null> {
    return reads.customer(id);
  }

  @FieldResolver(() => TenantInstanceConnection, {
    description: 'Its instances that you may see, newest first.',
  })
  async instances(
    @Root() { id }: CustomerView,
    @Arg('first', () => Int, firstOptions(50)) first: number | null,
    @Arg('after', () => String, afterOptions) after: string | null,
    @Ctx() { reads }: TenancyContext,
  ): Promise<Connection<InstanceView>> {
    const page = parsePage({ first: first ?? 50, after });
    const rows = await reads.instancesOf(id, page);
    return toConnection(
      rows,
      page,
      (row) => row,
      () => reads.countInstancesOf(id),
    );
  }
}
