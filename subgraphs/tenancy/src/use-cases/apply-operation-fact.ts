import type { DataOf } from '@farutech/contracts/contract';
import type {
  operationCompensated,
  operationFailed,
  operationStepChanged,
  tenantInstanceProvisioned,
} from '@farutech/contracts/provisioning';
import type { Clock } from '@farutech/kernel/clock';
import { PermanentError } from '@farutech/kernel/errors';
import type { Cause } from '@farutech/kernel/request';
import { unreachable } from '@farutech/kernel/unreachable';
import type { Operation } from '../domain/operation.ts';
import type { AuditLine, Effects, Stores, UnitOfWork } from '../domain/ports.ts';
import type { TenantInstance } from '../domain/tenant-instance.ts';
import { feedEvents } from './tell-status.ts';

/** Lo que el trabajador de aprovisionamiento cuenta de una operación. */
export type OperationFact =
  | { readonly kind: 'OperationStepChanged'; readonly data: DataOf<typeof operationStepChanged> }
  | { readonly kind: 'TenantInstanceProvisioned'; readonly data: DataOf<typeof tenantInstanceProvisioned> }
  | { readonly kind: 'OperationFailed'; readonly data: DataOf<typeof operationFailed> }
  | { readonly kind: 'OperationCompensated'; readonly data: DataOf<typeof operationCompensated> };

export interface ApplyOperationFactParts {
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
}

const nothing: Effects = { events: [], audit: null };

async function apply(
  stores: Stores,
  fact: OperationFact,
  instance: TenantInstance,
  operation: Operation,
  at: Date,
): Promise<void> {
  switch (fact.kind) {
    case 'OperationStepChanged': {
      operation.reportStep(fact.data.operationState, fact.data.step);
      const step = operation.data().steps.find(({ name }) => name === fact.data.step.name);
      if (step !== undefined) instance.progress(operation, step, at);
      return;
    }
    case 'TenantInstanceProvisioned': {
      const { instanceId: tenantId, databaseId, databaseTier, connectionCiphertext } = fact.data;
      operation.succeed(new Date(fact.data.provisionedAt));
      instance.provisioned(operation, at);
      await stores.homes.put({ tenantId, databaseId, databaseTier, connectionCipher: connectionCiphertext });
      return;
    }
    case 'OperationFailed':
      operation.fail(fact.data.failure, new Date(fact.data.failedAt));
      instance.operationFailed(operation, at);
      return;
    case 'OperationCompensated':
      operation.compensated(fact.data.failure, new Date(fact.data.compensatedAt));
      instance.operationFailed(operation, at);
      return;
    default:
      return unreachable(fact);
  }
}

/** Solo del cambio de estado: los pasos ya están en la historia. */
function auditOf(fact: OperationFact, instance: TenantInstance, operation: Operation): AuditLine | null {
  if (!instance.entries.some((entry) => entry.statusChanged)) return null;
  return {
    action: fact.kind,
    entityType: 'TenantInstance',
    entityId: instance.id,
    outcome: 'ACCEPTED',
    detail: { status: instance.status, operationId: operation.id, failure: operation.data().failure },
  };
}

/**
 * Aplica el siguiente hecho de una operación: el que ya se aplicó no hace nada, y el que llega sin su
 * anterior vuelve (OutOfOrderError). Filas, historia y mensaje cambian juntos.
 */
export async function applyOperationFact(
  { unitOfWork, clock }: ApplyOperationFactParts,
  cause: Cause & { readonly messageId: string },
  fact: OperationFact,
): Promise<void> {
  await unitOfWork.react(cause, async (stores) => {
    const { instanceId, operationId } = fact.data;
    const instance = await stores.instances.lock(instanceId);
    const operation = await stores.operations.get(operationId);
    if (instance === null || operation === null || operation.data().instanceId !== instanceId) {
      throw new PermanentError('OPERATION_UNKNOWN', `no operation ${operationId} of instance ${instanceId}`);
    }
    const at = clock();
    if (!operation.accept(fact.data, at)) return nothing;
    await apply(stores, fact, instance, operation, at);
    await stores.operations.save(operation);
    await stores.instances.save(instance);
    for (const entry of instance.entries) await stores.feed.append(entry);
    return { events: feedEvents(instance), audit: auditOf(fact, instance, operation) };
  });
}
