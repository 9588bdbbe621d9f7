import type { featureAdded } from '@farutech/contracts/catalog';
import type { DataOf } from '@farutech/contracts/contract';
import type { MessageCause, ReactionParts } from './reaction-parts.ts';

export async function recordFeature(
  { react }: Pick<ReactionParts, 'react'>,
  cause: MessageCause,
  { featureId, productId, code, name, addedAt }: DataOf<typeof featureAdded>,
): Promise<void> {
  await react(cause, async ({ features }) => {
    await features.add({ featureId, productId, code, name, addedAt: new Date(addedAt) });
  });
}
