import type { Clock } from '@farutech/kernel/clock';
import { notFound } from '@farutech/kernel/errors';
import { parseUuid } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import type { Customer } from '../domain/customer.ts';
import type { UnitOfWork } from '../domain/ports.ts';

export interface ChangeCustomerParts {
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
}

interface CustomerChange {
  readonly action: string;
  readonly id: string;
  /** Cambia al cliente y dice qué guarda de ello la auditoría. */
  apply(customer: Customer, at: Date): Readonly<Record<string, unknown>>;
}

/** Un cambio de un cliente, con su cerrojo: dos a la vez van uno tras otro. */
export const changeCustomer = (
  { unitOfWork, clock }: ChangeCustomerParts,
  cause: Cause,
  { action, id, apply }: CustomerChange,
): Promise<Customer> =>
  unitOfWork.change(cause, async ({ customers }) => {
    const customer = await customers.lock(parseUuid(id, 'id'));
    if (customer === null) throw notFound('id');
    const detail = apply(customer, clock());
    // Lo que ya estaba así no es un cambio: ni fila, ni hecho, ni auditoría.
    if (customer.events.length === 0) return { result: customer, events: [], audit: null };
    await customers.save(customer);
    return {
      result: customer,
      events: customer.events,
      audit: { action, entityType: 'Customer', entityId: customer.id, outcome: 'ACCEPTED', detail },
    };
  });
