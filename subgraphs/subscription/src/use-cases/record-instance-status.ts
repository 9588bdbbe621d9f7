import type { DataOf } from '@farutech/contracts/contract';
import type { tenantInstanceStatusChanged } from '@farutech/contracts/tenancy';
import type { MessageCause, ReactionParts } from './reaction-parts.ts';

export async function recordInstanceStatus(
  { react, clock }: Pick<ReactionParts, 'react' | 'clock'>,
  cause: MessageCause,
  fact: DataOf<typeof tenantInstanceStatusChanged>,
): Promise<void> {
  const { instanceId, customerId, version, status } = fact;
  await react(cause, async ({ instances }) => {
    const validFrom = new Date(fact.occurredAt);
    const record = { instanceId, customerId, version, status, validFrom, knownFrom: clock() };
    await instances.putStatus(record);
    // Cada paso de una operación sube la versión sin cambiar el estado; la primera versión abre la historia.
    if (fact.statusChanged || version === 1) await instances.recordStatus(record);
    return undefined;
  });
}
