import type { PublishedPlan } from '@farutech/contracts/catalog';
import type { MessageCause, ReactionParts } from './reaction-parts.ts';

export async function recordPlan(
  { react }: Pick<ReactionParts, 'react'>,
  cause: MessageCause,
  { productCode: _, publishedAt, retiredAt, ...plan }: PublishedPlan,
): Promise<void> {
  await react(cause, async ({ plans }) => {
    await plans.add({
      ...plan,
      publishedAt: new Date(publishedAt),
      retiredAt: retiredAt === null ? null : new Date(retiredAt),
    });
  });
}
