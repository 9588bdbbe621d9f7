import { type OutgoingEvent, tell } from '@farutech/contracts/contract';
import { customerChanged, customerRegistered } from '@farutech/contracts/tenancy';
import { DomainError } from '@farutech/kernel/errors';
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

export interface CustomerUpdate {
  readonly legalName?: LegalName;
  readonly billingEmail?: EmailAddress;
}

/** Los estados de un cliente. Lo que no está aquí no puede pasar. */
const transitions = {
  deactivate: { from: true, to: false, refusal: 'This customer is not active already.' },
  reactivate: { from: false, to: true, refusal: 'This customer is active already.' },
} as const;

/** El presente de un cliente, para quien aún no lo sepa. Sin ningún dato personal. */
export const tellRegistered = (
  state: Omit<CustomerState, 'legalName' | 'taxId' | 'billingEmail'>,
): OutgoingEvent =>
  tell(customerRegistered, {
    customerId: state.id,
    country: state.country,
    isActive: state.isActive,
    revision: state.revision,
    registeredAt: state.createdAt.toISOString(),
  });

/** Quien paga. Sus instancias son agregados aparte. */
export class Customer {
  #state: CustomerState;
  readonly #events: OutgoingEvent[] = [];

  private constructor(state: CustomerState) {
    this.#state = state;
  }

  static restore(state: CustomerState): Customer {
    return new Customer(state);
  }

  static register(state: Omit<CustomerState, 'isActive' | 'revision'>): Customer {
    const customer = new Customer({ ...state, isActive: true, revision: 1 });
    customer.#events.push(tellRegistered(customer.#state));
    return customer;
  }

  /** Los nombres de lo que cambia. Los mismos valores otra vez no cambian ni cuentan nada. */
  update(wanted: CustomerUpdate, at: Date): readonly (keyof CustomerUpdate)[] {
    const { legalName = this.#state.legalName, billingEmail = this.#state.billingEmail } = wanted;
    const next = { legalName, billingEmail };
    const differs = (['legalName', 'billingEmail'] as const).filter(
      (field) => next[field] !== this.#state[field],
    );
    if (differs.length > 0) this.#change(next, at);
    return differs;
  }

  /** Desde ahora no se le aprovisiona nada nuevo; lo que corre sigue. */
  deactivate(at: Date): void {
    this.#move('deactivate', at);
  }

  reactivate(at: Date): void {
    this.#move('reactivate', at);
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

  #move(action: keyof typeof transitions, at: Date): void {
    const { from, to, refusal } = transitions[action];
    if (this.#state.isActive !== from) throw new DomainError('ILLEGAL_TRANSITION', refusal, 'id');
    this.#change({ isActive: to }, at);
  }

  #change(part: Partial<CustomerState>, at: Date): void {
    this.#state = { ...this.#state, ...part, revision: this.#state.revision + 1 };
    const { id: customerId, country, isActive, revision } = this.#state;
    this.#events.push(
      tell(customerChanged, { customerId, country, isActive, revision, changedAt: at.toISOString() }),
    );
  }
}
