import type { OutgoingEvent } from '@farutech/contracts/contract';
import type { Making } from './apply-structure.ts';
import type { FeatureCode, PlanCode } from './catalog-code.ts';
import { difference } from './difference.ts';
import {
  demandSameProduct,
  nextVersion,
  type PlanOffer,
  type PlanVersion,
  publication,
  retirement,
} from './plan.ts';
import type { Product } from './product.ts';
import { fieldOf, type ManifestChange, type ProductManifest } from './product-manifest.ts';

export interface KnownPlans {
  /** La última versión de cada código del documento, sea de quien sea. */
  readonly named: ReadonlyMap<PlanCode, PlanVersion>;
  /** La última de cada plan del producto. */
  readonly own: readonly PlanVersion[];
}

export interface PlanChanges {
  readonly published: readonly PlanVersion[];
  readonly retired: readonly PlanCode[];
  readonly changes: readonly ManifestChange[];
  readonly events: readonly OutgoingEvent[];
}

const comparable = (plan: PlanOffer | PlanVersion, features: readonly FeatureCode[]) => ({
  name: plan.name,
  type: plan.type,
  price: plan.price,
  currency: plan.currency,
  interval: plan.interval,
  maxUsers: plan.maxUsers,
  includedFeatures: [...new Set(features)].toSorted(),
});

/** En qué se aparta una oferta de la última versión publicada; vacío cuando es la misma. */
const changesOf = (offer: PlanOffer, newest: PlanVersion): string =>
  difference(
    comparable(
      newest,
      newest.includedFeatures.map(({ code }) => code),
    ),
    comparable(offer, offer.includedFeatures),
  );

/** Va después de `applyStructure`: los planes se miden contra las características que el documento deja vivas. */
export function applyPlans(
  product: Product,
  known: KnownPlans,
  manifest: ProductManifest,
  making: Making,
): PlanChanges {
  const published: PlanVersion[] = [];
  const changes = manifest.plans.map((offer, at): ManifestChange => {
    const { code } = offer;
    const newest = known.named.get(code);
    demandSameProduct(newest, product.id, fieldOf.plan(at));
    const features = offer.includedFeatures.map((feature, n) =>
      product.featureToSell(feature, fieldOf.included(at, n)),
    );
    const detail = newest === undefined ? offer.name : changesOf(offer, newest);
    if (detail === '' && newest?.retiredAt === null) {
      return { action: 'UNCHANGED', kind: 'PLAN', code, detail: `version ${newest.version}` };
    }
    const version = nextVersion(offer, newest, {
      id: making.newId(),
      productId: product.id,
      productCode: product.code,
      features,
      at: making.at,
    });
    published.push(version);
    const why = detail === '' ? 'on sale again' : detail;
    return { action: 'PUBLISH', kind: 'PLAN', code, detail: `version ${version.version}: ${why}` };
  });

  const named = new Set(manifest.plans.map(({ code }) => code));
  const gone = known.own.filter((plan) => plan.retiredAt === null && !named.has(plan.code));
  return {
    published,
    retired: gone.map(({ code }) => code),
    changes: [
      ...changes,
      ...gone.map(
        ({ code, name }): ManifestChange => ({ action: 'RETIRE', kind: 'PLAN', code, detail: name }),
      ),
    ],
    events: [...published.map(publication), ...gone.map((plan) => retirement(plan, making.at))],
  };
}
