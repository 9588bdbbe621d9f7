import { DomainError } from '@farutech/kernel/errors';
import type { NewId } from '@farutech/kernel/ids';
import { difference } from './difference.ts';
import type { Product } from './product.ts';
import {
  fieldOf,
  type ManifestChange,
  type ManifestFeature,
  type ManifestModule,
  type ProductManifest,
} from './product-manifest.ts';
import type { FeatureState, ModuleState } from './product-state.ts';

export interface Making {
  readonly newId: NewId;
  readonly at: Date;
}

/** Lleva módulos y características a lo que dice el documento. Lo que falta en él se retira, o se rechaza. */
export function applyStructure(
  product: Product,
  manifest: ProductManifest,
  making: Making,
): readonly ManifestChange[] {
  // Antes de mover nada: un módulo que falta solo puede faltar si nada vivo cuelga de él.
  const missing = missingModules(product, manifest);
  const applied = manifest.modules.map((draft, at) => {
    const { module, change } = applyModule(product, draft, making);
    const features = draft.features.map((feature, n) =>
      applyFeature(product, feature, { module, field: fieldOf.feature(at, n), making }),
    );
    return { change, features };
  });
  return [
    ...applied.map(({ change }) => change),
    ...missing,
    ...applied.flatMap(({ features }) => features),
    ...retireMissing(product, manifest, making.at),
  ];
}

const codesOf = (manifest: ProductManifest): ReadonlySet<string> =>
  new Set(manifest.modules.flatMap(({ features }) => features.map(({ code }) => code)));

function missingModules(product: Product, manifest: ProductManifest): ManifestChange[] {
  const named = new Set<string>(manifest.modules.map(({ code }) => code));
  const features = codesOf(manifest);
  return product.state.modules
    .filter(({ code }) => !named.has(code))
    .map(({ id, code }) => {
      // Una característica que el documento pone en otro módulo no queda huérfana: se muda.
      const orphan = product.state.features.find(
        (feature) => feature.moduleId === id && feature.retiredAt === null && !features.has(feature.code),
      );
      if (orphan !== undefined) {
        throw new DomainError(
          'MODULE_HAS_LIVE_FEATURES',
          `The module ${code} is missing, and its feature ${orphan.code} is not retired. Keep the module and leave the feature out to retire it.`,
          fieldOf.modules,
        );
      }
      return {
        action: 'UNCHANGED',
        kind: 'MODULE',
        code,
        detail: 'Not in the manifest; nothing live in it.',
      };
    });
}

function applyModule(
  product: Product,
  { code, name }: ManifestModule,
  { newId, at }: Making,
): { module: ModuleState; change: ManifestChange } {
  const known = product.module(code);
  if (known === undefined) {
    const module = product.addModule(code, name, newId(), at);
    return { module, change: { action: 'CREATE', kind: 'MODULE', code, detail: name } };
  }
  const detail = difference({ name: known.name }, { name });
  if (detail !== '') product.renameModule(known, name);
  return { module: known, change: { action: updateIf(detail), kind: 'MODULE', code, detail } };
}

interface Place {
  readonly module: ModuleState;
  readonly field: string;
  readonly making: Making;
}

function applyFeature(
  product: Product,
  draft: ManifestFeature,
  { module, field, making }: Place,
): ManifestChange {
  const { code } = draft;
  const known = product.feature(code);
  if (known === undefined) {
    product.addFeature(code, draft, module, making.newId(), making.at);
    return { action: 'CREATE', kind: 'FEATURE', code, detail: `${draft.name}, in ${module.code}` };
  }
  if (known.retiredAt !== null) {
    // Lo retirado está apagado en instancias que lo tenían: devolverlo bajo el mismo código lo encendería solo.
    throw new DomainError('FEATURE_RETIRED', `${code} is retired; a new feature needs a new code.`, field);
  }
  const detail = difference(comparable(product, known), { ...comparableDraft(draft), module: module.code });
  if (detail !== '') product.changeFeature(known, draft, module);
  return { action: updateIf(detail), kind: 'FEATURE', code, detail };
}

const comparableDraft = ({ name, description, isPremium }: Omit<ManifestFeature, 'code'>) => ({
  name,
  description,
  isPremium,
});

function comparable(product: Product, feature: FeatureState) {
  const module = product.moduleById(feature.moduleId);
  return { ...comparableDraft(feature), module: module?.code ?? feature.moduleId };
}

function retireMissing(product: Product, manifest: ProductManifest, at: Date): ManifestChange[] {
  const named = codesOf(manifest);
  return product.state.features
    .filter((feature) => feature.retiredAt === null && !named.has(feature.code))
    .map((feature) => {
      product.retireFeature(feature, at);
      return { action: 'RETIRE', kind: 'FEATURE', code: feature.code, detail: feature.name };
    });
}

const updateIf = (detail: string): 'UPDATE' | 'UNCHANGED' => (detail === '' ? 'UNCHANGED' : 'UPDATE');
