import { DomainError } from '@farutech/kernel/errors';
import type { FeatureCode, ModuleCode, ProductCode } from './catalog-code.ts';
import type { PlanOffer } from './plan.ts';
import type { FeatureTexts, ProductTexts } from './product-state.ts';

export interface ManifestFeature extends FeatureTexts {
  readonly code: FeatureCode;
}

export interface ManifestModule {
  readonly code: ModuleCode;
  readonly name: string;
  readonly features: readonly ManifestFeature[];
}

/** Un producto entero en un documento: lo que es un fichero bajo products/. */
export interface ProductManifest extends ProductTexts {
  readonly code: ProductCode;
  readonly modules: readonly ManifestModule[];
  readonly plans: readonly PlanOffer[];
}

export const textsOf = ({ name, description, version }: ProductManifest): ProductTexts => ({
  name,
  description,
  version,
});

/** Dónde está, dentro del documento, lo que cada regla señala. */
export const fieldOf = {
  modules: 'manifest.modules',
  module: (module: number) => `manifest.modules[${module}].code`,
  feature: (module: number, feature: number) => `manifest.modules[${module}].features[${feature}].code`,
  plan: (plan: number) => `manifest.plans[${plan}].code`,
  included: (plan: number, feature: number) => `manifest.plans[${plan}].includedFeatures[${feature}]`,
} as const;

function demandOnce(rule: string, places: readonly (readonly [code: string, field: string])[]): void {
  const seen = new Set<string>();
  for (const [code, field] of places) {
    if (seen.has(code)) throw new DomainError(rule, `${code} stands twice in the manifest.`, field);
    seen.add(code);
  }
}

/** Un código repetido en el documento haría que la segunda entrada pisara a la primera sin decirlo. */
export function demandDistinctCodes({ modules, plans }: ProductManifest): void {
  demandOnce(
    'MODULE_CODE_TAKEN',
    modules.map(({ code }, at) => [code, fieldOf.module(at)]),
  );
  demandOnce(
    'FEATURE_CODE_TAKEN',
    modules.flatMap(({ features }, at) => features.map(({ code }, n) => [code, fieldOf.feature(at, n)])),
  );
  demandOnce(
    'PLAN_CODE_TAKEN',
    plans.map(({ code }, at) => [code, fieldOf.plan(at)]),
  );
}

export type ManifestAction = 'CREATE' | 'UPDATE' | 'RETIRE' | 'PUBLISH' | 'UNCHANGED';
export type ManifestKind = 'PRODUCT' | 'MODULE' | 'FEATURE' | 'PLAN';

export interface ManifestChange {
  readonly action: ManifestAction;
  readonly kind: ManifestKind;
  readonly code: string;
  /** Para una persona, en inglés como el resto de la API. */
  readonly detail: string;
}
