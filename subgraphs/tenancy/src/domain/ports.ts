import type { OutgoingEvent } from '@farutech/contracts/contract';
import type { MessageDeadLettered } from '@farutech/contracts/dead-letter';
import type { Cause, IdempotencyClaim } from '@farutech/kernel/request';
import type { Customer } from './customer.ts';
import type { KnownPlan, KnownProduct } from './known-plan.ts';
import type { Operation } from './operation.ts';
import type { DatabaseTier, StatusEntry, TenantInstance } from './tenant-instance.ts';

export interface CustomerStore {
  /** TAX_ID_TAKEN when another of the same country has the tax id. */
  add(customer: Customer): Promise<void>;
  get(id: string): Promise<Customer | null>;
}

export interface TenantInstanceStore {
  /** INSTANCE_CODE_TAKEN when the customer has another with the code. */
  add(instance: TenantInstance): Promise<void>;
  get(id: string): Promise<TenantInstance | null>;
  /** As `get`, and nobody else changes it before this transaction ends. */
  lock(id: string): Promise<TenantInstance | null>;
  save(instance: TenantInstance): Promise<void>;
}

/** Whoever changes an operation holds the lock of its instance. */
export interface OperationStore {
  add(operation: Operation): Promise<void>;
  get(id: string): Promise<Operation | null>;
  newestOf(instanceId: string): Promise<Operation | null>;
  save(operation: Operation): Promise<void>;
}

export interface FeedStore {
  append(entry: StatusEntry): Promise<void>;
}

export interface TenantHome {
  readonly tenantId: string;
  readonly databaseId: string;
  readonly databaseTier: DatabaseTier;
  readonly connectionCipher: string | null;
}

export interface TenantHomeStore {
  put(home: TenantHome): Promise<void>;
}

/** What tenancy keeps of catalog. Older than what is kept is ignored. */
export interface CatalogStore {
  product(code: string): Promise<KnownProduct | null>;
  newestPlan(code: string): Promise<KnownPlan | null>;
  keepProduct(product: KnownProduct): Promise<void>;
  keepPlan(plan: KnownPlan): Promise<void>;
  /** Every version of the code that was published before. */
  retirePlan(code: string, retiredAt: Date): Promise<void>;
}

export interface DeadLetterStore {
  /** Once for each consumer and message. */
  add(id: string, letter: MessageDeadLettered): Promise<void>;
}

export interface Stores {
  readonly customers: CustomerStore;
  readonly instances: TenantInstanceStore;
  readonly operations: OperationStore;
  readonly feed: FeedStore;
  readonly homes: TenantHomeStore;
  readonly catalog: CatalogStore;
  readonly deadLetters: DeadLetterStore;
}

export interface AuditLine {
  readonly action: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly outcome: 'ACCEPTED' | 'REFUSED';
  readonly code?: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What goes out with a change, in its transaction. */
export interface Effects {
  readonly events: readonly OutgoingEvent[];
  readonly audit: AuditLine | null;
}

interface Change<R> extends Effects {
  readonly result: R;
}

interface Once<R> {
  readonly claim: IdempotencyClaim;
  /** The answer that the key stands for already. */
  reload(stores: Stores, resultId: string): Promise<R | null>;
}

export interface UnitOfWork {
  /** Rows, outbox and audit in one transaction. A known idempotency key gives its answer and does nothing. */
  change<R extends { readonly id: string }>(
    cause: Cause,
    work: (stores: Stores) => Promise<Change<R>>,
    once?: Once<R>,
  ): Promise<R>;
  /** The same for a message, which is marked as processed. One that was processed before does nothing. */
  react(
    cause: Cause & { readonly messageId: string },
    work: (stores: Stores) => Promise<Effects>,
  ): Promise<void>;
}
