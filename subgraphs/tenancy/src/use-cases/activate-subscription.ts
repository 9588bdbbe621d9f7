import type { DataOf } from '@farutech/contracts/contract';
import type { planSubscriptionActivated } from '@farutech/contracts/subscription';
import type { Clock } from '@farutech/kernel/clock';
import { PermanentError } from '@farutech/kernel/errors';
import type { MessageCause, UnitOfWork } from '../domain/ports.ts';
import { feedEvents } from './tell-status.ts';

export interface ActivateSubscriptionParts {
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
}

/** La suscripción de una instancia está en marcha. Aquí se dice ACTIVE si el trabajador acabó antes. */
export async function activateSubscription(
  { unitOfWork, clock }: ActivateSubscriptionParts,
  cause: MessageCause,
  { instanceId, revision, ...fact }: DataOf<typeof planSubscriptionActivated>,
): Promise<void> {
  await unitOfWork.react(cause, async (stores) => {
    const instance = await stores.instances.lock(instanceId);
    if (instance === null) throw new PermanentError('INSTANCE_UNKNOWN', `no instance ${instanceId}`);
    const operation = await stores.operations.newestOf(instanceId);
    const { planId, planCode, planVersion, maxUsers } = fact;
    const bought = { planId, planCode, planVersion, maxUsers };
    // Los contados antes de que la hubiera no la llevan: eran los primeros de su suscripción.
    instance.subscriptionActivated(bought, revision ?? 0, operation, clock());
    await stores.instances.save(instance);
    await stores.feed.append(instance.entries);
    return {
      events: feedEvents(instance.entries),
      audit:
        instance.entries.length === 0
          ? null
          : {
              action: 'PlanSubscriptionActivated',
              entityType: 'TenantInstance',
              entityId: instanceId,
              outcome: 'ACCEPTED',
              detail: { status: instance.status, planCode, planVersion },
            },
    };
  });
}
