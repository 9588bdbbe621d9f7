import { holdsAt, type Period } from './timeline.ts';

export type SubscriptionStatus = 'PENDING' | 'ACTIVE' | 'SUSPENDED' | 'CANCELLED';
export type OverrideType = 'ENABLE' | 'DISABLE';
export type InstanceStatus = 'PROVISIONING' | 'ACTIVE' | 'FAILED' | 'SUSPENDED' | 'DECOMMISSIONED';

export interface PlanTerms {
  readonly planId: string;
  readonly code: string;
  readonly version: number;
  readonly includedFeatures: readonly string[];
  readonly maxUsers: number;
}

export interface SubscriptionTerms extends Period {
  readonly status: SubscriptionStatus;
  readonly startsAt: Date;
  readonly expiresAt: Date | null;
  /** Por qué y quién, de una suspensión o una cancelación: solo para el personal de Farutech. */
  readonly reason: string | null;
  readonly changedBy: string | null;
  readonly plan: PlanTerms;
}

export interface ProductFeature {
  readonly featureId: string;
  readonly code: string;
  readonly retiredAt: Date | null;
}

export interface OverrideTerms extends Period {
  readonly featureCode: string;
  readonly overrideType: OverrideType;
  readonly reason: string;
  readonly createdBy: string;
}

/** Todo lo que hace falta para decir qué puede usar una instancia: lo vigente y lo que ya se sabe de después. */
export interface Entitlement {
  readonly instance: { readonly status: InstanceStatus; readonly provisionedAt: Date | null } | null;
  readonly states: readonly SubscriptionTerms[];
  readonly features: readonly ProductFeature[];
  readonly overrides: readonly OverrideTerms[];
}

/** De una instancia de la que aún no se sabe nada. */
export const nothingKnown: Entitlement = { instance: null, states: [], features: [], overrides: [] };

/** Lo que rige en un instante. */
export interface Situation {
  readonly terms: SubscriptionTerms | null;
  readonly instanceActive: boolean;
  readonly overrides: ReadonlyMap<string, OverrideTerms>;
}

/**
 * Tenancy dice ACTIVE al final, cuando esta suscripción ya lo está: quien lea ACTIVE debe encontrar las
 * funciones encendidas, así que una instancia ya aprovisionada cuenta como activa desde antes.
 */
const isActive = (instance: Entitlement['instance']): boolean =>
  instance?.status === 'ACTIVE' || (instance?.status === 'PROVISIONING' && instance.provisionedAt !== null);

export const situationAt = ({ instance, states, overrides }: Entitlement, at: Date): Situation => ({
  terms: states.find((state) => holdsAt(state, at)) ?? null,
  instanceActive: isActive(instance),
  overrides: new Map(
    overrides.filter((override) => holdsAt(override, at)).map((override) => [override.featureCode, override]),
  ),
});
