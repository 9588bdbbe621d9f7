import { unreachable } from '@farutech/kernel/unreachable';
import type { EffectiveFeature, FeatureCause } from './effective-features.ts';
import { type Entitlement, type OverrideTerms, type Situation, situationAt } from './entitlement.ts';

interface Told {
  readonly entitlement: Entitlement;
  readonly situation: Situation;
  readonly feature: EffectiveFeature;
  readonly at: Date;
  /** Quién y por qué son solo para el personal de Farutech. */
  readonly forStaff: boolean;
}

const day = (instant: Date): string => instant.toISOString().slice(0, 10);

const planName = ({ situation: { terms } }: Told): string =>
  terms === null ? 'the plan' : `${terms.plan.code} v${terms.plan.version}`;

function overrideText(verb: string, override: OverrideTerms | undefined, { forStaff }: Told): string {
  const until = override?.validTo ? ` until ${day(override.validTo)}` : '';
  const why = forStaff && override ? ` by ${override.createdBy}, reason: ${override.reason}` : '';
  return `${verb} for this customer${until}${why}`;
}

function statusText(verb: string, { situation: { terms }, forStaff }: Told): string {
  const why = forStaff && terms?.changedBy ? ` by ${terms.changedBy}, reason: ${terms.reason}` : '';
  return `the subscription is ${verb}${why}`;
}

function startText({ situation: { terms }, at }: Told): string {
  return terms !== null && at < terms.startsAt
    ? `the subscription starts on ${day(terms.startsAt)}`
    : 'the subscription has not been activated yet';
}

const retiredAt = ({ entitlement, feature }: Told): Date | null =>
  entitlement.features.find(({ code }) => code === feature.code)?.retiredAt ?? null;

function causeText(cause: FeatureCause, told: Told): string {
  const { entitlement, situation, feature } = told;
  const override = situation.overrides.get(feature.code);
  switch (cause) {
    case 'NO_SUBSCRIPTION':
      return 'this instance has no subscription';
    case 'SUBSCRIPTION_CANCELLED':
      return statusText('cancelled', told);
    case 'SUBSCRIPTION_NOT_STARTED':
      return startText(told);
    case 'SUBSCRIPTION_EXPIRED':
      return 'the subscription has expired';
    case 'SUBSCRIPTION_SUSPENDED':
      return statusText('suspended', told);
    case 'INSTANCE_NOT_ACTIVE':
      return `the instance is ${entitlement.instance?.status ?? 'not known yet'}`;
    case 'FEATURE_RETIRED':
      return 'the feature was retired from the product';
    case 'OVERRIDE_DISABLE':
      return overrideText('disabled', override, told);
    case 'OVERRIDE_ENABLE':
      return overrideText('enabled', override, told);
    case 'PLAN':
      return `${planName(told)} includes it`;
    case 'NOT_IN_PLAN':
      return `${planName(told)} does not include it`;
    default:
      return unreachable(cause);
  }
}

/** Desde cuándo, si lo dice una sola causa con fecha: con varias, la fecha de una no es la de la respuesta. */
function since(told: Told): string {
  const { situation, feature } = told;
  if (feature.causes.length > 1) return '';
  const from = {
    SUBSCRIPTION_CANCELLED: situation.terms?.validFrom,
    SUBSCRIPTION_EXPIRED: situation.terms?.expiresAt,
    SUBSCRIPTION_SUSPENDED: situation.terms?.validFrom,
    FEATURE_RETIRED: retiredAt(told),
    OVERRIDE_DISABLE: situation.overrides.get(feature.code)?.validFrom,
    OVERRIDE_ENABLE: situation.overrides.get(feature.code)?.validFrom,
  }[feature.cause as string];
  return from ? ` since ${day(from)}` : '';
}

/** Una frase que entiende una persona: la función, si está encendida y todo lo que hace que lo esté o no. */
export function explain(
  feature: EffectiveFeature,
  entitlement: Entitlement,
  at: Date,
  forStaff: boolean,
): string {
  const told: Told = { entitlement, situation: situationAt(entitlement, at), feature, at, forStaff };
  const { causes, code, enabled } = feature;
  const clauses = causes.map((cause) => causeText(cause, told));
  if (causes.includes('OVERRIDE_DISABLE') && !causes.includes('NOT_IN_PLAN')) {
    clauses.push(`${planName(told)} would include it`);
  }
  return `${code} is ${enabled ? 'on' : 'off'}${since(told)}: ${clauses.join('; ')}.`;
}
