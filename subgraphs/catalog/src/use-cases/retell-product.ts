import type { Cause } from '@farutech/kernel/request';
import { retelling } from '../domain/retelling.ts';
import type { ChangeParts } from './change-parts.ts';

/**
 * Un producto por transacción, y tomado: lo que otro cambie a la vez se cuenta después, no en medio. Nada cambia, así
 * que no hay auditoría. Devuelve cuántos hechos ha contado.
 */
export async function retellProduct(
  { unitOfWork }: Pick<ChangeParts, 'unitOfWork'>,
  cause: Cause,
  productId: string,
): Promise<number> {
  const { facts } = await unitOfWork(cause, async ({ products, plans }) => {
    const product = await products.takeById(productId);
    const events = product === null ? [] : retelling(product.state, await plans.versionsOf(productId));
    return { result: { id: productId, facts: events.length }, events, audit: null };
  });
  return facts;
}
