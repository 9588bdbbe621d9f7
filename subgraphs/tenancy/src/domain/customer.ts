import { type OutgoingEvent, tell } from '@farutech/contracts/contract';
import { customerRegistered } from '@farutech/contracts/tenancy';
import type { Country } from './country.ts';
import type { EmailAddress } from './email-address.ts';
import type { LegalName } from './legal-name.ts';
import type { TaxId } from './tax-id.ts';

export interface CustomerState {
  readonly id: string;
  readonly legalName: LegalName;
  readonly country: Country;
  readonly taxId: TaxId;
  readonly billingEmail: EmailAddress;
  readonly isActive: boolean;
  readonly revision: number;
  readonly createdAt: Date;
}

/** Who pays. Its instances are aggregates of their own. */
export class Customer {
  readonly #state: CustomerState;
  readonly #events: OutgoingEvent[] = [];

  private constructor(state: CustomerState) {
    this.#state = state;
  }

  static restore(state: CustomerState): Customer {
    return new Customer(state);
  }

  static register(state: Omit<CustomerState, 'isActive' | 'revision'>): Customer {
    const customer = new Customer({ ...state, isActive: true, revision: 1 });
    customer.#events.push(
      tell(customerRegistered, {
        customerId: state.id,
        country: state.country,
        isActive: true,
        revision: 1,
        registeredAt: state.createdAt.toISOString(),
      }),
    );
    return customer;
  }

  get id(): string {
    return this.#state.id;
  }

  get isActive(): boolean {
    return this.#state.isActive;
  }

  get events(): readonly OutgoingEvent[] {
    return this.#events;
  }

  snapshot(): CustomerState {
    return this.#state;
  }
}
