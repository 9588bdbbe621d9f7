import {
  featureAdded,
  featureChanged,
  featureRetired,
  moduleAdded,
  productChanged,
} from '@farutech/contracts/catalog';
import { type OutgoingEvent, tell } from '@farutech/contracts/contract';
import type { FeatureState, ModuleState, ProductState } from './product-state.ts';

type Own = Omit<ProductState, 'modules' | 'features'>;

export function productDescription(product: Own): OutgoingEvent {
  const { id: productId, code, name, description, version, revision } = product;
  return tell(productChanged, { productId, code, name, description, version, revision });
}

export function moduleAddition({ id: productId }: Own, module: ModuleState): OutgoingEvent {
  const { id: moduleId, code, name, createdAt } = module;
  return tell(moduleAdded, { moduleId, productId, code, name, addedAt: createdAt.toISOString() });
}

export function featureAddition({ id: productId }: Own, feature: FeatureState): OutgoingEvent {
  const { id: featureId, moduleId, code, name, isPremium, createdAt } = feature;
  const addedAt = createdAt.toISOString();
  return tell(featureAdded, { featureId, productId, moduleId, code, name, isPremium, addedAt });
}

export function featureChange({ id: productId, revision }: Own, feature: FeatureState): OutgoingEvent {
  const { id: featureId, moduleId, code, name, isPremium } = feature;
  return tell(featureChanged, { featureId, productId, moduleId, code, name, isPremium, revision });
}

export function featureRetirement({ id: productId }: Own, feature: FeatureState, at: Date): OutgoingEvent {
  const { id: featureId, code } = feature;
  return tell(featureRetired, { featureId, productId, code, retiredAt: at.toISOString() });
}
