import { notFound } from '@farutech/kernel/errors';
import { Authorise } from '@farutech/subgraph/authorise';
import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import type { CustomerView } from '../persistence/queries/views.ts';
import { deactivateCustomer } from '../use-cases/deactivate-customer.ts';
import { reactivateCustomer } from '../use-cases/reactivate-customer.ts';
import { type RegisterCustomerParts, registerCustomer } from '../use-cases/register-customer.ts';
import { updateCustomer } from '../use-cases/update-customer.ts';
import { causeOf, type TenancyContext } from './context.ts';
import { RegisterCustomerInput, UpdateCustomerInput } from './customer.input.ts';
import { Customer } from './customer.type.ts';

const customerId = { description: 'Id of a Customer. NOT_FOUND when there is none.' } as const;

/** Lo escrito, leído otra vez con los ojos de quien lo pidió. */
async function present(context: TenancyContext, { id }: { readonly id: string }): Promise<CustomerView> {
  const customer = await context.renewReads().customer(id);
  if (customer === null) throw notFound('id');
  return customer;
}

export function customerMutations(parts: RegisterCustomerParts) {
  @Resolver(() => Customer)
  class CustomerMutations {
    @Authorise('PLATFORM_ADMIN', 'SUPPORT')
    @Mutation(() => Customer, {
      description:
        'Registers who pays. VALIDATION_FAILED, INVALID_TAX_ID and TAX_ID_TAKEN (unique within the country) name the field.',
    })
    async registerCustomer(
      @Arg('input', () => RegisterCustomerInput, { description: 'Who it is.' })
      input: RegisterCustomerInput,
      @Ctx() context: TenancyContext,
    ): Promise<CustomerView> {
      return present(context, await registerCustomer(parts, causeOf(context), input));
    }

    @Authorise('PLATFORM_ADMIN', 'SUPPORT', 'BILLING', 'CUSTOMER_ADMIN')
    @Mutation(() => Customer, {
      description:
        'Changes the legal name, the billing e-mail, or both. Country and tax id stay: another tax id is another customer. A CUSTOMER_ADMIN may change their own customer only.',
    })
    async updateCustomer(
      @Arg('input', () => UpdateCustomerInput, { description: 'Which one, and what changes.' })
      input: UpdateCustomerInput,
      @Ctx() context: TenancyContext,
    ): Promise<CustomerView> {
      return present(context, await updateCustomer(parts, causeOf(context), context.viewer, input));
    }

    @Authorise('PLATFORM_ADMIN', 'SUPPORT')
    @Mutation(() => Customer, {
      description:
        'From now on nothing new can be provisioned for it (CUSTOMER_INACTIVE); what runs stays. ILLEGAL_TRANSITION when it is not active already.',
    })
    async deactivateCustomer(
      @Arg('id', () => ID, customerId) id: string,
      @Ctx() context: TenancyContext,
    ): Promise<CustomerView> {
      return present(context, await deactivateCustomer(parts, causeOf(context), id));
    }

    @Authorise('PLATFORM_ADMIN', 'SUPPORT')
    @Mutation(() => Customer, {
      description: 'It may buy again. ILLEGAL_TRANSITION when it is active.',
    })
    async reactivateCustomer(
      @Arg('id', () => ID, customerId) id: string,
      @Ctx() context: TenancyContext,
    ): Promise<CustomerView> {
      return present(context, await reactivateCustomer(parts, causeOf(context), id));
    }
  }
  return CustomerMutations;
}
