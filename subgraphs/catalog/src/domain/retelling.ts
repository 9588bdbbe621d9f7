import type { OutgoingEvent } from '@farutech/contracts/contract';
import { type PlanVersion, publication, retirement } from './plan.ts';
import {
  featureAddition,
  featureChange,
  featureRetirement,
  moduleAddition,
  productDescription,
} from './product-facts.ts';
import type { ProductState } from './product-state.ts';

/**
 * El presente de un producto y de todas las versiones de sus planes, con los mismos hechos que lo contaron. Una
 * característica se añade y además se cambia: quien ya la tenía solo atiende a lo segundo. Cada retirada va después
 * de todo lo que pudo retirar.
 */
export function retelling(product: ProductState, versions: readonly PlanVersion[]): readonly OutgoingEvent[] {
  return [
    productDescription(product),
    ...product.modules.map((module) => moduleAddition(product, module)),
    ...product.features.flatMap((feature) => [
      featureAddition(product, feature),
      featureChange(product, feature),
      ...(feature.retiredAt === null ? [] : [featureRetirement(product, feature, feature.retiredAt)]),
    ]),
    ...versions.map(publication),
    ...retirements(versions),
  ];
}

/** Una retirada lo es de todas las versiones que quedaban en venta: se cuenta una vez, no una por versión. */
function retirements(versions: readonly PlanVersion[]): readonly OutgoingEvent[] {
  const told = new Map<string, OutgoingEvent>();
  for (const version of versions) {
    if (version.retiredAt === null) continue;
    told.set(`${version.code} ${+version.retiredAt}`, retirement(version, version.retiredAt));
  }
  return [...told.values()];
}
