import type { productChanged } from '@farutech/contracts/catalog';
import type { DataOf } from '@farutech/contracts/contract';
import type { MessageCause, ReactionParts } from './reaction-parts.ts';

export async function recordProduct(
  { react }: Pick<ReactionParts, 'react'>,
  cause: MessageCause,
  { productId, code, name, revision }: DataOf<typeof productChanged>,
): Promise<void> {
  await react(cause, async ({ products }) => {
    await products.put({ productId, code, name, revision });
  });
}
