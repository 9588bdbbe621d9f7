import type { planRetired } from '@farutech/contracts/catalog';
import type { DataOf } from '@farutech/contracts/contract';
import type { MessageCause, ReactionParts } from './reaction-parts.ts';

export async function recordPlanRetirement(
  { react }: Pick<ReactionParts, 'react'>,
  cause: MessageCause,
  { code, retiredAt }: DataOf<typeof planRetired>,
): Promise<void> {
  await react(cause, async ({ plans }) => {
    await plans.retire(code, new Date(retiredAt));
    return undefined;
  });
}
