import type { OutgoingEvent } from '@farutech/contracts/contract';
import type { Cause, IdempotencyClaim } from '@farutech/kernel/request';
import type { InstanceStatus } from './entitlement.ts';
import type { PlanSubscription } from './plan-subscription.ts';

export interface DueChange {
  readonly changeId: string;
  readonly subscription: PlanSubscription;
}

export interface PlanSubscriptions {
  /** Bloqueada hasta que acaba la transacción. */
  byId(id: string): Promise<PlanSubscription | null>;
  /** Bloqueada hasta que acaba la transacción. */
  byInstance(instanceId: string): Promise<PlanSubscription | null>;
  /** Bloqueada hasta que acaba la transacción. La de un cambio con fecha, haya acabado o no. */
  byScheduledChange(changeId: string): Promise<PlanSubscription | null>;
  /**
   * Al que antes le llegó la hora, con su suscripción, los dos bloqueados. Nunca espera: se salta los de
   * `except` y los que otra transacción tiene, o tiene su suscripción.
   */
  takeDue(now: Date, except: readonly string[]): Promise<DueChange | null>;
  add(subscription: PlanSubscription): Promise<void>;
  save(subscription: PlanSubscription): Promise<void>;
}

export interface ProductRecord {
  readonly productId: string;
  readonly code: string;
  readonly name: string;
  readonly revision: number;
}

export interface Products {
  byId(productId: string): Promise<ProductRecord | null>;
  /** Una revisión anterior a la que se tiene no cuenta. */
  put(product: ProductRecord): Promise<void>;
}

export interface FeatureRecord {
  readonly featureId: string;
  readonly productId: string;
  readonly code: string;
  readonly name: string;
  readonly addedAt: Date;
  readonly retiredAt: Date | null;
  /** 0: solo se sabe que se añadió. */
  readonly revision: number;
}

export interface Features {
  byCode(productId: string, code: string): Promise<FeatureRecord | null>;
  /** La que ya se tiene se queda como está. */
  add(feature: Omit<FeatureRecord, 'retiredAt' | 'revision'>): Promise<void>;
  /** False si la función aún no se tiene. Una revisión anterior a la que se tiene no cuenta. */
  change(feature: Pick<FeatureRecord, 'featureId' | 'name' | 'revision'>): Promise<boolean>;
  /** False si la función aún no se tiene. */
  retire(featureId: string, retiredAt: Date): Promise<boolean>;
}

export interface PlanRecord {
  readonly planId: string;
  readonly productId: string;
  readonly code: string;
  readonly version: number;
  readonly name: string;
  readonly type: string;
  readonly price: string;
  readonly currency: string;
  readonly interval: string;
  readonly includedFeatures: readonly string[];
  readonly maxUsers: number;
  readonly publishedAt: Date;
  readonly retiredAt: Date | null;
}

export interface Plans {
  byId(planId: string): Promise<PlanRecord | null>;
  /** La versión más nueva que se conoce, esté o no a la venta. */
  newest(code: string): Promise<PlanRecord | null>;
  /** Una versión publicada no cambia: la que se tiene se queda. Nace retirada si su código ya lo fue después de publicarse ella. */
  add(plan: PlanRecord): Promise<void>;
  /** Retira las versiones publicadas hasta entonces, se tengan ya o lleguen después. */
  retire(code: string, retiredAt: Date): Promise<void>;
}

export interface CustomerRecord {
  readonly customerId: string;
  readonly country: string;
  readonly isActive: boolean;
  readonly revision: number;
}

export interface Customers {
  byId(customerId: string): Promise<CustomerRecord | null>;
  /** Una revisión anterior a la que se tiene no cuenta. */
  put(customer: CustomerRecord): Promise<void>;
}

export interface InstanceRecord {
  readonly instanceId: string;
  readonly customerId: string;
  readonly productId: string | null;
  readonly status: InstanceStatus;
  readonly version: number;
  readonly provisionedAt: Date | null;
}

export interface InstanceStatusRecord {
  readonly instanceId: string;
  readonly customerId: string;
  readonly version: number;
  readonly status: InstanceStatus;
  readonly validFrom: Date;
  readonly knownFrom: Date;
}

export interface Instances {
  byId(instanceId: string): Promise<InstanceRecord | null>;
  /** Su estado puede haber llegado antes. */
  request(instance: Pick<InstanceRecord, 'instanceId' | 'customerId'> & { productId: string }): Promise<void>;
  markProvisioned(instanceId: string, provisionedAt: Date): Promise<void>;
  /** Una versión anterior a la que se tiene no cuenta. */
  putStatus(status: InstanceStatusRecord): Promise<void>;
  /** La historia de sus estados: se guarda llegue en el orden que llegue. */
  recordStatus(status: InstanceStatusRecord): Promise<void>;
}

/** Lo que se contestó a cada clave de idempotencia. */
export interface Claims {
  /** Lo que se contestó la primera vez; null si es esta. Con otra petición bajo la misma clave, la rechaza. */
  take(claim: IdempotencyClaim, at: Date): Promise<string | null>;
  remember(claim: IdempotencyClaim, resultId: string): Promise<void>;
}

export interface Stores {
  readonly subscriptions: PlanSubscriptions;
  readonly products: Products;
  readonly features: Features;
  readonly plans: Plans;
  readonly customers: Customers;
  readonly instances: Instances;
  readonly claims: Claims;
}

export interface AuditNote {
  readonly action: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly outcome: 'ACCEPTED';
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface Change<R> {
  readonly result: R;
  readonly events: readonly OutgoingEvent[];
  readonly audit: AuditNote | null;
}

/** Filas, buzón y auditoría de una petición quedan juntas, o no queda nada. */
export type UnitOfWork = <R>(cause: Cause, work: (stores: Stores) => Promise<Change<R>>) => Promise<R>;

/** Lo mismo por un hecho que llega, una sola vez: un mensaje ya procesado no hace nada. */
export type Reaction = (
  cause: Cause & { readonly messageId: string },
  work: (stores: Stores) => Promise<Omit<Change<void>, 'result'> | undefined>,
) => Promise<void>;
