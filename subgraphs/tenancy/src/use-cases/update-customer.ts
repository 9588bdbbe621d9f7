import { notFound } from '@farutech/kernel/errors';
import { parseUuid } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import { reaches, reachOf, type Viewer } from '@farutech/kernel/viewer';
import type { Customer, CustomerUpdate } from '../domain/customer.ts';
import { parseEmailAddress } from '../domain/email-address.ts';
import { parseLegalName } from '../domain/legal-name.ts';
import { type ChangeCustomerParts, changeCustomer } from './change-customer.ts';

export interface UpdateCustomerInput {
  readonly id: string;
  /** Ausente o null: se queda como estaba. */
  readonly legalName?: string | null;
  readonly billingEmail?: string | null;
}

const parse = ({ legalName, billingEmail }: UpdateCustomerInput): CustomerUpdate => ({
  ...(legalName != null && { legalName: parseLegalName(legalName) }),
  ...(billingEmail != null && { billingEmail: parseEmailAddress(billingEmail, 'billingEmail') }),
});

/** Quien administra a un cliente cambia solo al suyo; cualquier otro no existe para él. */
export async function updateCustomer(
  parts: ChangeCustomerParts,
  cause: Cause,
  viewer: Viewer,
  input: UpdateCustomerInput,
): Promise<Customer> {
  const id = parseUuid(input.id, 'id');
  const wanted = parse(input);
  if (!reaches(reachOf(viewer), { customerId: id })) throw notFound('id');
  return await changeCustomer(parts, cause, {
    action: 'updateCustomer',
    id,
    // Los nombres de lo cambiado, no sus valores: la auditoría no se borra, y los datos personales sí.
    apply: (customer, at) => ({ changed: customer.update(wanted, at) }),
  });
}
