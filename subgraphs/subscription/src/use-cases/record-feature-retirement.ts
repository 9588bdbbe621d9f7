import type { featureRetired } from '@farutech/contracts/catalog';
import type { DataOf } from '@farutech/contracts/contract';
import { OutOfOrderError } from '@farutech/kernel/errors';
import type { MessageCause, ReactionParts } from './reaction-parts.ts';

export async function recordFeatureRetirement(
  { react }: Pick<ReactionParts, 'react'>,
  cause: MessageCause,
  { featureId, code, retiredAt }: DataOf<typeof featureRetired>,
): Promise<void> {
  await react(cause, async ({ features }) => {
    const held = await features.retire(featureId, new Date(retiredAt));
    if (!held) throw new OutOfOrderError(`feature ${code} is retired before it was added`);
  });
}
