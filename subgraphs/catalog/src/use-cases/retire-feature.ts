import { notFound } from '@farutech/kernel/errors';
import type { Cause } from '@farutech/kernel/request';
import type { FeatureState } from '../domain/product-state.ts';
import type { ChangeParts } from './change-parts.ts';

export interface RetireFeatureInput {
  readonly featureId: string;
}

/** La mutación no lleva clave de idempotencia: quien la repite recibe lo mismo, y nada se cuenta dos veces. */
export async function retireFeature(
  { unitOfWork, clock }: Pick<ChangeParts, 'unitOfWork' | 'clock'>,
  cause: Cause,
  { featureId }: RetireFeatureInput,
): Promise<FeatureState> {
  return await unitOfWork(cause, async ({ products }) => {
    const product = await products.takeByFeature(featureId);
    const feature = product?.featureById(featureId);
    if (product === null || feature === undefined) throw notFound('featureId');
    if (feature.retiredAt !== null) return { result: feature, events: [], audit: null };

    const retired = product.retireFeature(feature, clock());
    await products.save(product);
    return {
      result: retired,
      events: product.events,
      audit: {
        action: 'retireFeature',
        entityType: 'Feature',
        entityId: feature.id,
        outcome: 'ACCEPTED',
        detail: { product: product.code, feature: feature.code },
      },
    };
  });
}
