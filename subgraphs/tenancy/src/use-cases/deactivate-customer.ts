import type { Cause } from '@farutech/kernel/request';
import type { Customer } from '../domain/customer.ts';
import { type ChangeCustomerParts, changeCustomer } from './change-customer.ts';

/** No se le aprovisiona nada nuevo; lo que corre sigue. ILLEGAL_TRANSITION cuando ya no está activo. */
export const deactivateCustomer = (parts: ChangeCustomerParts, cause: Cause, id: string): Promise<Customer> =>
  changeCustomer(parts, cause, {
    action: 'deactivateCustomer',
    id,
    apply(customer, at) {
      customer.deactivate(at);
      return {};
    },
  });
