import { notFound } from '@farutech/kernel/errors';
import type { Cause } from '@farutech/kernel/request';
import type { ModuleCode } from '../domain/catalog-code.ts';
import type { ModuleState } from '../domain/product-state.ts';
import type { ChangeParts } from './change-parts.ts';

export interface AddModuleInput {
  readonly productId: string;
  readonly code: ModuleCode;
  readonly name: string;
}

export async function addModule(
  { unitOfWork, newId, clock }: ChangeParts,
  cause: Cause,
  { productId, code, name }: AddModuleInput,
): Promise<ModuleState & { readonly productId: string }> {
  return await unitOfWork(cause, async ({ products }) => {
    const product = await products.takeById(productId);
    if (product === null) throw notFound('productId');
    const module = product.addModule(code, name, newId(), clock());
    await products.save(product);
    return {
      result: { ...module, productId: product.id },
      events: product.events,
      audit: {
        action: 'addModule',
        entityType: 'Module',
        entityId: module.id,
        outcome: 'ACCEPTED',
        detail: { product: product.code, module: code },
      },
    };
  });
}
