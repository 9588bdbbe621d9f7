import { notFound } from '@farutech/kernel/errors';
import type { Cause } from '@farutech/kernel/request';
import type { FeatureCode } from '../domain/catalog-code.ts';
import type { FeatureState, FeatureTexts } from '../domain/product-state.ts';
import type { ChangeParts } from './change-parts.ts';

export interface AddFeatureInput extends FeatureTexts {
  readonly moduleId: string;
  readonly code: FeatureCode;
}

/** Ningún plan la lleva todavía: hasta que se publique una versión que la incluya, está apagada en todas partes. */
export async function addFeature(
  { unitOfWork, newId, clock }: ChangeParts,
  cause: Cause,
  { moduleId, code, ...texts }: AddFeatureInput,
): Promise<FeatureState> {
  return await unitOfWork(cause, async ({ products }) => {
    const product = await products.takeByModule(moduleId);
    const module = product?.moduleById(moduleId);
    if (product === null || module === undefined) throw notFound('moduleId');
    const feature = product.addFeature(code, texts, module, newId(), clock());
    await products.save(product);
    return {
      result: feature,
      events: product.events,
      audit: {
        action: 'addFeature',
        entityType: 'Feature',
        entityId: feature.id,
        outcome: 'ACCEPTED',
        detail: { product: product.code, module: module.code, feature: code },
      },
    };
  });
}
