import { notFound } from '@farutech/kernel/errors';
import type { Cause } from '@farutech/kernel/request';
import {
  demandSameProduct,
  nextVersion,
  type PlanOffer,
  type PlanVersion,
  publication,
} from '../domain/plan.ts';
import type { ChangeParts } from './change-parts.ts';

export interface PublishPlanInput {
  readonly productId: string;
  readonly offer: PlanOffer;
}

/** Siempre una versión más, aunque diga lo mismo que la anterior: publicar es un acto, no un estado deseado. */
export async function publishPlan(
  { unitOfWork, newId, clock }: ChangeParts,
  cause: Cause,
  { productId, offer }: PublishPlanInput,
): Promise<PlanVersion> {
  return await unitOfWork(cause, async ({ products, plans }) => {
    // El producto primero, como el manifiesto: nadie retira una característica mientras se vende.
    const product = await products.takeById(productId);
    if (product === null) throw notFound('productId');
    const newest = (await plans.takeNewest([offer.code])).get(offer.code);
    demandSameProduct(newest, product.id, 'code');
    const features = [...new Set(offer.includedFeatures)].map((code) =>
      product.featureToSell(code, 'includedFeatures'),
    );

    const at = clock();
    const given = { id: newId(), productId: product.id, productCode: product.code, features, at };
    const version = nextVersion(offer, newest, given);
    await plans.publish(version);
    return {
      result: version,
      events: [publication(version)],
      audit: {
        action: 'publishPlan',
        entityType: 'Plan',
        entityId: version.id,
        outcome: 'ACCEPTED',
        detail: { product: product.code, plan: version.code, version: version.version },
      },
    };
  });
}
