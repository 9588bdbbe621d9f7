import {
  type Entitlement,
  type PlanTerms,
  type ProductFeature,
  type Situation,
  type SubscriptionTerms,
  situationAt,
} from './entitlement.ts';

/** En el orden en que se cuentan: primero lo que lo apaga todo, al final lo que es de una sola función. */
export const featureCauses = [
  'NO_SUBSCRIPTION',
  'SUBSCRIPTION_CANCELLED',
  'SUBSCRIPTION_NOT_STARTED',
  'SUBSCRIPTION_EXPIRED',
  'SUBSCRIPTION_SUSPENDED',
  'INSTANCE_NOT_ACTIVE',
  'FEATURE_RETIRED',
  'OVERRIDE_DISABLE',
  'OVERRIDE_ENABLE',
  'PLAN',
  'NOT_IN_PLAN',
] as const;
export type FeatureCause = (typeof featureCauses)[number];

export interface EffectiveFeature {
  readonly featureId: string;
  readonly code: string;
  readonly enabled: boolean;
  readonly cause: FeatureCause;
  /** El menor conjunto que, deshecho entero, cambia `enabled`; en el orden de `featureCauses`. */
  readonly causes: readonly [FeatureCause, ...FeatureCause[]];
}

export interface EffectiveFeatures {
  readonly plan: PlanTerms | null;
  readonly maxUsers: number;
  /** Todas las del producto, por código. */
  readonly features: readonly EffectiveFeature[];
}

/** PENDING es lo mismo que no haber empezado: la causa se deshace activándola con fecha de inicio cumplida. */
function subscriptionStops(
  { status, startsAt, expiresAt }: SubscriptionTerms,
  at: Date,
): readonly FeatureCause[] {
  const stops: FeatureCause[] = [];
  if (status === 'CANCELLED') stops.push('SUBSCRIPTION_CANCELLED');
  if (status === 'PENDING' || at < startsAt) stops.push('SUBSCRIPTION_NOT_STARTED');
  if (expiresAt !== null && expiresAt <= at) stops.push('SUBSCRIPTION_EXPIRED');
  if (status === 'SUSPENDED') stops.push('SUBSCRIPTION_SUSPENDED');
  return stops;
}

/** Lo que apaga todas las funciones a la vez. */
function instanceStops({ terms, instanceActive }: Situation, at: Date): readonly FeatureCause[] {
  const stops = terms === null ? (['NO_SUBSCRIPTION'] as const) : subscriptionStops(terms, at);
  return instanceActive ? stops : [...stops, 'INSTANCE_NOT_ACTIVE'];
}

/** Lo que apaga una sola. Sin suscripción no hay plan en el que no estar: basta con NO_SUBSCRIPTION. */
function featureStops(
  feature: ProductFeature,
  { terms, overrides }: Situation,
  at: Date,
): readonly FeatureCause[] {
  const stops: FeatureCause[] = [];
  if (feature.retiredAt !== null && feature.retiredAt <= at) stops.push('FEATURE_RETIRED');
  if (terms === null) return stops;
  const override = overrides.get(feature.code)?.overrideType;
  if (override === 'DISABLE') stops.push('OVERRIDE_DISABLE');
  // Con DISABLE sobre lo que el plan tampoco trae, quitar solo la excepción no la enciende: son dos causas.
  if (override !== 'ENABLE' && !terms.plan.includedFeatures.includes(feature.code)) stops.push('NOT_IN_PLAN');
  return stops;
}

/** Con ENABLE sobre lo que el plan ya trae, quitar una sola de las dos no la apaga: son dos causas. */
function supports(code: string, { terms, overrides }: Situation): readonly FeatureCause[] {
  const causes: FeatureCause[] = [];
  if (overrides.get(code)?.overrideType === 'ENABLE') causes.push('OVERRIDE_ENABLE');
  if (terms?.plan.includedFeatures.includes(code)) causes.push('PLAN');
  return causes;
}

const byCode = (a: { readonly code: string }, b: { readonly code: string }): number =>
  a.code < b.code ? -1 : a.code > b.code ? 1 : 0;

/**
 * La única regla de lo que una instancia puede usar en un instante: las del plan ∪ ENABLE \ DISABLE (gana la
 * excepción), y nada si la suscripción o la instancia no están en vigor. Cada freno es independiente de los
 * demás: por eso los frenos de una función apagada son justo el menor conjunto que hay que deshacer.
 */
export function effectiveFeatures(entitlement: Entitlement, at: Date): EffectiveFeatures {
  const situation = situationAt(entitlement, at);
  const stopsForAll = instanceStops(situation, at);
  const features = entitlement.features.map((feature): EffectiveFeature => {
    const stops = [...stopsForAll, ...featureStops(feature, situation, at)];
    const enabled = stops.length === 0;
    const [cause, ...others] = enabled ? supports(feature.code, situation) : stops;
    if (cause === undefined) throw new TypeError(`${feature.code} no tiene causa`);
    return {
      featureId: feature.featureId,
      code: feature.code,
      enabled,
      cause,
      causes: [cause, ...others],
    };
  });
  const plan = situation.terms?.plan ?? null;
  return { plan, maxUsers: plan?.maxUsers ?? 0, features: features.sort(byCode) };
}
