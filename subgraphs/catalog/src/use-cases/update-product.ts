import { notFound } from '@farutech/kernel/errors';
import type { Cause } from '@farutech/kernel/request';
import { difference } from '../domain/difference.ts';
import type { ProductState, ProductTexts } from '../domain/product-state.ts';
import type { ChangeParts } from './change-parts.ts';

export interface UpdateProductInput {
  readonly productId: string;
  /** Lo que no viene se queda como está. */
  readonly texts: Partial<ProductTexts>;
}

/** El código no se cambia: viaja en sujetos, en contratos y en las aplicaciones hijas. */
export async function updateProduct(
  { unitOfWork }: Pick<ChangeParts, 'unitOfWork'>,
  cause: Cause,
  { productId, texts }: UpdateProductInput,
): Promise<ProductState> {
  return await unitOfWork(cause, async ({ products }) => {
    const product = await products.takeById(productId);
    if (product === null) throw notFound('productId');
    const after = { ...product.texts, ...texts };
    const changes = difference(product.texts, after);
    if (changes === '') return { result: product.state, events: [], audit: null };

    product.describe(after);
    await products.save(product);
    return {
      result: product.state,
      events: product.events,
      audit: {
        action: 'updateProduct',
        entityType: 'Product',
        entityId: product.id,
        outcome: 'ACCEPTED',
        detail: { product: product.code, changes },
      },
    };
  });
}
