import { DomainError, invalid, notFound } from '@farutech/kernel/errors';
import { effectiveFeatures } from './effective-features.ts';
import { type Entitlement, type PlanTerms, type ProductFeature, situationAt } from './entitlement.ts';

/** Cabe en el int de la base con holgura, y un plan con más usuarios es una errata. */
const mostUsers = 1_000_000;

/** Lo que tendría la versión siguiente de un plan. */
export interface PlanOffer {
  readonly planCode: string;
  readonly includedFeatures: readonly string[];
  readonly maxUsers: number;
}

export function parseOffer(raw: PlanOffer): PlanOffer {
  if (raw.maxUsers < 1 || raw.maxUsers > mostUsers) {
    throw invalid('maxUsers', `maxUsers must be a whole number from 1 to ${mostUsers}.`);
  }
  return { ...raw, includedFeatures: [...new Set(raw.includedFeatures)].toSorted() };
}

/** Lo que catalog aceptaría publicar: enseñar lo que haría otra cosa sería engañar. */
export function demandPublishable(
  { includedFeatures }: PlanOffer,
  newest: PlanTerms | null,
  features: readonly ProductFeature[],
  at: Date,
): PlanTerms {
  if (newest === null) throw notFound('planCode');
  const known = new Map(features.map((feature) => [feature.code, feature]));
  for (const code of includedFeatures) {
    const feature = known.get(code);
    if (feature === undefined) {
      throw new DomainError(
        'FEATURE_NOT_IN_PRODUCT',
        `Its product has no feature ${code}.`,
        'includedFeatures',
      );
    }
    if (feature.retiredAt !== null && feature.retiredAt <= at) {
      throw new DomainError('FEATURE_RETIRED', `${code} was retired from the product.`, 'includedFeatures');
    }
  }
  return newest;
}

/** Lo que una instancia gana y pierde; por orden de código. */
export interface FeatureChange {
  readonly instanceId: string;
  readonly gained: readonly string[];
  readonly lost: readonly string[];
}

const enabledIn = (entitlement: Entitlement, at: Date): readonly string[] =>
  effectiveFeatures(entitlement, at)
    .features.filter(({ enabled }) => enabled)
    .map(({ code }) => code);

/** Lo que cambiaría para una instancia si en `at` tuviera este plan. Decide la misma regla que contesta. */
export function changeUnder(
  plan: PlanTerms,
  instanceId: string,
  entitlement: Entitlement,
  at: Date,
): FeatureChange {
  const { terms } = situationAt(entitlement, at);
  const before = enabledIn(entitlement, at);
  const after = terms === null ? before : enabledIn({ ...entitlement, states: [{ ...terms, plan }] }, at);
  return {
    instanceId,
    gained: after.filter((code) => !before.includes(code)),
    lost: before.filter((code) => !after.includes(code)),
  };
}

const byInstance = (a: FeatureChange, b: FeatureChange): number => (a.instanceId < b.instanceId ? -1 : 1);

/** Lo que le pasa a cada instancia de las que se mueven, ganen o pierdan algo o no. Dos iguales dan el mismo texto. */
export const moveText = (maxUsers: number, changes: readonly FeatureChange[]): string =>
  JSON.stringify([
    maxUsers,
    changes.toSorted(byInstance).map(({ instanceId, gained, lost }) => [instanceId, gained, lost]),
  ]);
