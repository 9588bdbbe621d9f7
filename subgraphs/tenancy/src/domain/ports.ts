import type { OutgoingEvent } from '@farutech/contracts/contract';
import type { MessageDeadLettered } from '@farutech/contracts/dead-letter';
import type { Cause, IdempotencyClaim } from '@farutech/kernel/request';
import type { Customer } from './customer.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { KnownPlan, KnownProduct } from './known-plan.ts';
import type { Operation } from './operation.ts';
import type { Standing } from './operation-admission.ts';
import type { DatabaseTier, StatusEntry, TenantInstance } from './tenant-instance.ts';

export interface CustomerStore {
  /** TAX_ID_TAKEN cuando otro del mismo país tiene ese número. */
  add(customer: Customer): Promise<void>;
  get(id: string): Promise<Customer | null>;
  /** Como `get`, y nadie lo cambia antes de que acabe esta transacción; otros también pueden sujetarlo. */
  hold(id: string): Promise<Customer | null>;
  /** Como `get`, y nadie lo cambia ni lo sujeta antes de que acabe esta transacción. */
  lock(id: string): Promise<Customer | null>;
  save(customer: Customer): Promise<void>;
}

export interface TenantInstanceStore {
  /** INSTANCE_CODE_TAKEN cuando el cliente tiene otra con ese código. */
  add(instance: TenantInstance): Promise<void>;
  get(id: string): Promise<TenantInstance | null>;
  /** Como `get`, y nadie más la cambia antes de que acabe esta transacción. */
  lock(id: string): Promise<TenantInstance | null>;
  save(instance: TenantInstance): Promise<void>;
}

/** Quien cambia una operación tiene el cerrojo de su instancia. */
export interface OperationStore {
  add(operation: Operation): Promise<void>;
  get(id: string): Promise<Operation | null>;
  newestOf(instanceId: string): Promise<Operation | null>;
  /** Las que pueden estorbar a otra: todas las que no acabaron hechas o deshechas. */
  standingOf(instanceId: string): Promise<readonly Standing[]>;
  save(operation: Operation): Promise<void>;
}

export interface FeedStore {
  append(entries: readonly StatusEntry[]): Promise<void>;
}

/** Una base en la que pueden estar los datos de un inquilino. */
export interface TenantPlace {
  readonly databaseId: string;
  readonly databaseTier: DatabaseTier;
  readonly connectionCipher: string | null;
}

export interface TenantHome extends TenantPlace {
  readonly tenantId: string;
  /** La más nueva es la que vale. */
  readonly epoch: number;
  /** En un traslado: a dónde lleva, y tras el cambio de casa, de dónde viene. */
  readonly other: TenantPlace | null;
}

export interface TenantHomeStore {
  get(tenantId: string): Promise<TenantHome | null>;
  /** La primera, o la de quien nació otra vez. */
  put(tenantId: string, place: TenantPlace): Promise<void>;
  prepare(tenantId: string, other: TenantPlace): Promise<void>;
  /** La casa pasa a ser esa, y la de antes, la otra. `false`: ya había una más nueva. */
  move(tenantId: string, place: TenantPlace, epoch: number): Promise<boolean>;
  /** El traslado acabó: no hay otra. */
  forgetOther(tenantId: string): Promise<void>;
  remove(tenantId: string): Promise<void>;
  /** Si queda algún cambio anunciado en la otra casa del que aún no consta cómo acabó. */
  otherIsUnsettled(tenantId: string): Promise<boolean>;
}

/** Lo que tenancy guarda de catalog. Lo más viejo que lo guardado no se mira. */
export interface CatalogStore {
  product(code: string): Promise<KnownProduct | null>;
  newestPlan(code: string): Promise<KnownPlan | null>;
  keepProduct(product: KnownProduct): Promise<void>;
  keepPlan(plan: KnownPlan): Promise<void>;
  /** Cada versión del código que se publicó antes. */
  retirePlan(code: string, retiredAt: Date): Promise<void>;
}

export interface DeadLetterStore {
  /** Una vez por consumidor y mensaje. */
  add(id: string, letter: MessageDeadLettered): Promise<void>;
  /** Nadie más la cambia antes de que acabe esta transacción. */
  lock(id: string): Promise<DeadLetter | null>;
  save(letter: DeadLetter): Promise<void>;
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

/** Lo que sale con un cambio, en su transacción. */
export interface Effects {
  readonly events: readonly OutgoingEvent[];
  readonly audit: AuditLine | null;
}

interface Change<R> extends Effects {
  readonly result: R;
}

interface Once<R> {
  readonly claim: IdempotencyClaim;
  /** La respuesta que la clave ya recuerda. */
  reload(stores: Stores, resultId: string): Promise<R | null>;
}

/** La causa de un cambio que hizo un mensaje. */
export interface MessageCause extends Cause {
  readonly messageId: string;
}

export interface Caused {
  readonly cause: Cause;
  readonly effects: Effects;
}

export interface UnitOfWork {
  /** Filas, buzón y auditoría en una transacción. Una clave conocida da su respuesta y no hace nada. */
  change<R extends { readonly id: string }>(
    cause: Cause,
    work: (stores: Stores) => Promise<Change<R>>,
    once?: Once<R>,
  ): Promise<R>;
  /** Lo mismo para un mensaje, que queda marcado como procesado. El que ya lo estaba no hace nada. */
  react(cause: MessageCause, work: (stores: Stores) => Promise<Effects>): Promise<void>;
  /**
   * Lo mismo para varios mensajes en una transacción. Se rechaza, sin dejar nada, si alguno ya se había procesado.
   */
  reactAll(
    causes: readonly MessageCause[],
    work: (stores: Stores) => Promise<readonly Caused[]>,
  ): Promise<void>;
}
