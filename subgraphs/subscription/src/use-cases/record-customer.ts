import type { DataOf } from '@farutech/contracts/contract';
import type { customerRegistered } from '@farutech/contracts/tenancy';
import type { MessageCause, ReactionParts } from './reaction-parts.ts';

export async function recordCustomer(
  { react }: Pick<ReactionParts, 'react'>,
  cause: MessageCause,
  { customerId, country, isActive, revision }: DataOf<typeof customerRegistered>,
): Promise<void> {
  await react(cause, async ({ customers }) => {
    await customers.put({ customerId, country, isActive, revision });
  });
}
