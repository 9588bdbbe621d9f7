import type { DataOf } from '@farutech/contracts/contract';
import type { planSubscriptionChanged } from '@farutech/contracts/subscription';
import { PermanentError } from '@farutech/kernel/errors';
import type { MessageCause, UnitOfWork } from '../domain/ports.ts';

/** Otro plan rige para la instancia: sus plazas son las de ese. No hay nada que enseñar en su historia. */
export async function keepPlan(
  { unitOfWork }: { readonly unitOfWork: UnitOfWork },
  cause: MessageCause,
  { instanceId, planId, planCode, planVersion, maxUsers, revision }: DataOf<typeof planSubscriptionChanged>,
): Promise<void> {
  await unitOfWork.react(cause, async ({ instances }) => {
    const instance = await instances.lock(instanceId);
    if (instance === null) throw new PermanentError('INSTANCE_UNKNOWN', `no instance ${instanceId}`);
    const kept = instance.planHolds({ planId, planCode, planVersion, maxUsers }, revision);
    if (!kept) return { events: [], audit: null };
    await instances.save(instance);
    return {
      events: [],
      audit: {
        action: 'PlanSubscriptionChanged',
        entityType: 'TenantInstance',
        entityId: instanceId,
        outcome: 'ACCEPTED',
        detail: { planCode, planVersion, maxUsers },
      },
    };
  });
}
