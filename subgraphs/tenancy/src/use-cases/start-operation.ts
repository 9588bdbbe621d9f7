import { maxAttempts, operationSteps } from '@farutech/contracts/provisioning';
import type { Clock } from '@farutech/kernel/clock';
import { notFound } from '@farutech/kernel/errors';
import { type NewId, parseUuid } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import { reaches, reachOf, type Viewer } from '@farutech/kernel/viewer';
import { Operation } from '../domain/operation.ts';
import { admitBeside, admitFrom } from '../domain/operation-admission.ts';
import type { OperationKind } from '../domain/operation-data.ts';
import type { UnitOfWork } from '../domain/ports.ts';
import type { TenantInstance, TenantInstanceState } from '../domain/tenant-instance.ts';
import { type Journey, orderOf, tellOrder } from './operation-order.ts';
import { recordOperation } from './record-operation.ts';

export interface OperationParts {
  readonly unitOfWork: UnitOfWork;
  readonly newId: NewId;
  readonly clock: Clock;
}

/** Lo que una mutación pone de su parte. */
interface Start {
  /** El nombre de la mutación: el de la auditoría. */
  readonly action: string;
  readonly kind: OperationKind;
  readonly instanceId: string;
  /** El argumento que nombra a la instancia. */
  readonly field: string;
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Rechaza lo que además no quepa. Solo un traslado va a alguna parte. */
  journeyFrom?(instance: TenantInstanceState): Journey;
}

export interface Started {
  readonly id: string;
  readonly operation: Operation;
  readonly instance: TenantInstance;
}

/**
 * Acepta una operación sobre una instancia que ya existe: fila, orden, historia y auditoría en una transacción, con el
 * cerrojo de la instancia. Solo necesita PostgreSQL; lo demás lo hace el trabajador.
 */
export async function startOperation(
  { unitOfWork, newId, clock }: OperationParts,
  cause: Cause,
  viewer: Viewer,
  { action, kind, field, detail, journeyFrom, ...asked }: Start,
): Promise<Started> {
  const instanceId = parseUuid(asked.instanceId, field);
  return await unitOfWork.change(cause, async (stores) => {
    const instance = await stores.instances.lock(instanceId);
    if (instance === null) throw notFound(field);
    const state = instance.snapshot();
    if (!reaches(reachOf(viewer), { instanceId, customerId: state.customerId })) throw notFound(field);
    admitBeside(kind, await stores.operations.standingOf(instanceId), field);
    admitFrom(kind, state.status, field);
    const journey = journeyFrom?.(state) ?? null;

    const at = clock();
    const operation = Operation.schedule({
      id: newId(),
      instanceId,
      customerId: state.customerId,
      kind,
      maxAttempts,
      correlationId: cause.correlationId,
      startedAt: at,
      stepNames: operationSteps[kind],
    });
    const order = orderOf(operation, state, journey);
    operation.told(order);
    instance.requested(operation, at);
    await stores.operations.add(operation);
    const told = await recordOperation(stores, instance, operation);
    return {
      result: { id: operation.id, operation, instance },
      events: [tellOrder(order), ...told],
      audit: {
        action,
        entityType: 'TenantInstance',
        entityId: instanceId,
        outcome: 'ACCEPTED',
        detail: { operationId: operation.id, ...detail },
      },
    };
  });
}
