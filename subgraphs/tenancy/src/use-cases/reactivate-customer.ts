import type { Cause } from '@farutech/kernel/request';
import type { Customer } from '../domain/customer.ts';
import { type ChangeCustomerParts, changeCustomer } from './change-customer.ts';

/** Puede volver a comprar. ILLEGAL_TRANSITION cuando está activo. */
export const reactivateCustomer = (parts: ChangeCustomerParts, cause: Cause, id: string): Promise<Customer> =>
  changeCustomer(parts, cause, {
    action: 'reactivateCustomer',
    id,
    apply(customer, at) {
      customer.reactivate(at);
      return {};
    },
  });
