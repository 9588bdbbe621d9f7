import { DomainError } from '@farutech/kernel/errors';
import type { Cause } from '@farutech/kernel/request';
import type { ProductCode } from '../domain/catalog-code.ts';
import { Product } from '../domain/product.ts';
import type { ProductState, ProductTexts } from '../domain/product-state.ts';
import type { ChangeParts } from './change-parts.ts';

export interface CreateProductInput extends ProductTexts {
  readonly code: ProductCode;
}

/** Nace vacío: sus módulos, características y planes vienen después, o todo a la vez en un manifiesto. */
export async function createProduct(
  { unitOfWork, newId, clock }: ChangeParts,
  cause: Cause,
  { code, ...texts }: CreateProductInput,
): Promise<ProductState> {
  return await unitOfWork(cause, async ({ products }) => {
    // El código queda tomado aunque nadie lo tenga: de dos que lo piden a la vez, el segundo ve el del primero.
    if ((await products.takeByCode(code)) !== null) {
      throw new DomainError('PRODUCT_CODE_TAKEN', `There is a product ${code} already.`, 'code');
    }
    const product = Product.create(code, texts, newId(), clock());
    await products.save(product);
    return {
      result: product.state,
      events: product.events,
      audit: {
        action: 'createProduct',
        entityType: 'Product',
        entityId: product.id,
        outcome: 'ACCEPTED',
        detail: { product: code },
      },
    };
  });
}
