import type { Clock } from '@farutech/kernel/clock';
import { claimOf } from '@farutech/kernel/idempotency';
import type { NewId } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import { parseCountry } from '../domain/country.ts';
import { Customer } from '../domain/customer.ts';
import { parseEmailAddress } from '../domain/email-address.ts';
import { parseLegalName } from '../domain/legal-name.ts';
import type { UnitOfWork } from '../domain/ports.ts';
import { parseTaxId } from '../domain/tax-id.ts';

export interface RegisterCustomerInput {
  readonly legalName: string;
  readonly taxId: string;
  readonly billingEmail: string;
  readonly country: string;
  readonly idempotencyKey?: string | null;
}

export interface RegisterCustomerParts {
  readonly unitOfWork: UnitOfWork;
  readonly newId: NewId;
  readonly clock: Clock;
}

export async function registerCustomer(
  { unitOfWork, newId, clock }: RegisterCustomerParts,
  cause: Cause,
  input: RegisterCustomerInput,
): Promise<Customer> {
  const legalName = parseLegalName(input.legalName);
  const country = parseCountry(input.country);
  const taxId = parseTaxId(input.taxId, country);
  const billingEmail = parseEmailAddress(input.billingEmail, 'billingEmail');
  const given = { legalName, country, taxId, billingEmail };
  const claim = claimOf('registerCustomer', cause, input.idempotencyKey, given);

  return await unitOfWork.change(
    cause,
    async (stores) => {
      const customer = Customer.register({ id: newId(), ...given, createdAt: clock() });
      await stores.customers.add(customer);
      return {
        result: customer,
        events: customer.events,
        // Sin el NIT ni el correo: la auditoría no se borra, y los datos personales sí.
        audit: {
          action: 'registerCustomer',
          entityType: 'Customer',
          entityId: customer.id,
          outcome: 'ACCEPTED',
          detail: { country },
        },
      };
    },
    claim && { claim, reload: (stores, id) => stores.customers.get(id) },
  );
}
