import type { SubscriptionStatus } from './entitlement.ts';
import type { FeatureOverride } from './feature-override.ts';
import type { EndedChange, ScheduledChange } from './scheduled-change.ts';
import type { Believed } from './timeline.ts';

/** Lo que se compró. */
export interface SubscriptionContract {
  readonly planId: string;
  readonly startsAt: Date;
  readonly expiresAt: Date | null;
}

export interface SubscriptionState extends SubscriptionContract {
  readonly status: SubscriptionStatus;
  /** Por qué y quién, de una suspensión o una cancelación. */
  readonly reason: string | null;
  readonly changedBy: string | null;
}

/** Lo que no cambia nunca. */
export interface SubscriptionIdentity {
  readonly id: string;
  readonly customerId: string;
  readonly tenantInstanceId: string;
  readonly productId: string;
  readonly createdAt: Date;
}

/** Lo que lee el almacén: las filas que hoy se creen, lo que aún ha de pasar y cuándo se supo lo más nuevo. */
export interface StoredSubscription extends SubscriptionIdentity {
  readonly revision: number;
  readonly states: readonly Believed<SubscriptionState>[];
  readonly overrides: readonly Believed<FeatureOverride>[];
  readonly waiting: readonly ScheduledChange[];
  readonly lastKnownAt: Date;
}

/** Lo que escribe el almacén: filas que dejan de creerse y filas que se creen, todo desde `knownAt`. */
export interface SubscriptionChanges {
  readonly knownAt: Date;
  readonly revision: number;
  readonly present: SubscriptionState;
  readonly forgottenStates: readonly bigint[];
  readonly states: readonly Believed<SubscriptionState>[];
  readonly forgottenOverrides: readonly bigint[];
  readonly overrides: readonly Believed<FeatureOverride>[];
  readonly scheduled: readonly ScheduledChange[];
  readonly ended: readonly EndedChange[];
}
