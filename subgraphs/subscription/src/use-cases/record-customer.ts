import type { DataOf } from '@farutech/contracts/contract';
import type { customerChanged, customerRegistered } from '@farutech/contracts/tenancy';
import type { MessageCause, ReactionParts } from './reaction-parts.ts';

/** Registrado o cambiado: las dos veces se cuenta su presente. */
export async function recordCustomer(
  { react }: Pick<ReactionParts, 'react'>,
  cause: MessageCause,
  { customerId, country, isActive, revision }: DataOf<typeof customerRegistered | typeof customerChanged>,
): Promise<void> {
  await react(cause, async ({ customers }) => {
    await customers.put({ customerId, country, isActive, revision });
  });
}
