import type { DataOf } from '@farutech/contracts/contract';
import type { tenantInstanceStatusChanged } from '@farutech/contracts/tenancy';
import { cancelled } from '../domain/subscription-facts.ts';
import type { MessageCause, ReactionParts } from './reaction-parts.ts';
import { subjectOf } from './subject-of.ts';

/** Con la instancia retirada acaba su suscripción; suspendida o caída, la suscripción sigue como estaba. */
export async function recordInstanceStatus(
  { react, clock }: Pick<ReactionParts, 'react' | 'clock'>,
  cause: MessageCause,
  fact: DataOf<typeof tenantInstanceStatusChanged>,
): Promise<void> {
  const { instanceId, customerId, version, status } = fact;
  await react(cause, async ({ instances, subscriptions, plans }) => {
    const occurredAt = new Date(fact.occurredAt);
    const ends = status === 'DECOMMISSIONED';
    // La suscripción, antes que la instancia: en ese orden las toma quien la activa.
    const before = ends ? await subscriptions.byInstance(instanceId) : null;
    const record = { instanceId, customerId, version, status, validFrom: occurredAt, knownFrom: clock() };
    await instances.putStatus(record);
    // Cada paso de una operación sube la versión sin cambiar el estado; la primera versión abre la historia.
    if (fact.statusChanged || version === 1) await instances.recordStatus(record);
    if (!ends) return undefined;

    // La que no estaba pudo abrirse mientras se esperaba por la fila de la instancia.
    const subscription = before ?? (await subscriptions.byInstance(instanceId));
    const endedAt = subscription?.endWithInstance(occurredAt, clock());
    if (subscription == null || endedAt === undefined) return undefined;
    await subscriptions.save(subscription);
    return {
      events: [cancelled(await subjectOf(plans, subscription), endedAt)],
      audit: {
        action: 'endPlanSubscription',
        entityType: 'PlanSubscription',
        entityId: subscription.identity.id,
        outcome: 'ACCEPTED',
        detail: { instanceId, endedAt: endedAt.toISOString() },
      },
    };
  });
}
