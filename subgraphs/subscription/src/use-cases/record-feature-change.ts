import type { featureChanged } from '@farutech/contracts/catalog';
import type { DataOf } from '@farutech/contracts/contract';
import { OutOfOrderError } from '@farutech/kernel/errors';
import type { MessageCause, ReactionParts } from './reaction-parts.ts';

export async function recordFeatureChange(
  { react }: Pick<ReactionParts, 'react'>,
  cause: MessageCause,
  { featureId, code, name, revision }: DataOf<typeof featureChanged>,
): Promise<void> {
  await react(cause, async ({ features }) => {
    const held = await features.change({ featureId, name, revision });
    if (!held) throw new OutOfOrderError(`feature ${code} is changed before it was added`);
  });
}
