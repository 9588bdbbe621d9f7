import type { Clock } from '@farutech/kernel/clock';
import type { Cause } from '@farutech/kernel/request';
import type { UnitOfWork } from '../domain/ports.ts';
import { lockedOperation } from './locked-operation.ts';
import { tellProvisioned } from './tell-provisioned.ts';
import { tellRequested } from './tell-requested.ts';

export interface TellUnheardParts {
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
}

/**
 * Una instancia hecha de la que subscription no ha dicho nada: le faltó oír que se vendió, o que está hecha, o se
 * perdió su respuesta. Se le cuenta todo otra vez, y si ya lo sabía responde lo mismo que entonces.
 */
export async function tellUnheardInstance(
  { unitOfWork, clock }: TellUnheardParts,
  cause: Cause,
  provisionId: string,
): Promise<boolean> {
  const { told } = await unitOfWork.change<{ id: string; told: boolean }>(cause, async (stores) => {
    const { operation, instance } = await lockedOperation(stores, provisionId);
    const state = instance.snapshot();
    const home = await stores.homes.get(state.id);
    const { provisionedAt } = state;
    const heard = state.status !== 'PROVISIONING' || state.subscriptionActivatedAt !== null;
    if (heard || provisionedAt === null || home === null) {
      return { result: { id: provisionId, told: false }, events: [], audit: null };
    }
    const rung = operation.ring(clock());
    await stores.operations.save(operation);
    return {
      result: { id: provisionId, told: true },
      events: [
        tellRequested(state),
        tellProvisioned({ instanceId: state.id, provisionedAt, home, operation: operation.data() }),
      ],
      audit: {
        action: 'tellUnheardInstance',
        entityType: 'TenantInstance',
        entityId: state.id,
        outcome: 'ACCEPTED',
        detail: { operationId: operation.id, rung },
      },
    };
  });
  return told;
}
