import {
  operationAwaitsConfirmation,
  operationCompensated,
  operationFailed,
  operationStepChanged,
  operationSucceeded,
  tenantHomeMoved,
  tenantInstanceProvisioned,
  tenantMovePrepared,
} from '@farutech/contracts/provisioning';
import { type ConsumerDefinition, type Delivery, on } from '@farutech/messaging/consume';
import {
  type ApplyOperationFactParts,
  applyOperationFact,
  type OperationFact,
} from '../use-cases/apply-operation-fact.ts';
import { messageCause } from './message-cause.ts';

const durable = 'tenancy-status';

/** Lo que el trabajador de aprovisionamiento cuenta de las operaciones. */
export function statusConsumer(parts: ApplyOperationFactParts): ConsumerDefinition {
  const apply = (delivery: Delivery, fact: OperationFact): Promise<void> =>
    applyOperationFact(parts, messageCause(durable, delivery), fact);
  return {
    durable,
    stream: 'STATUS',
    filterSubject: 'farutech.status.>',
    concurrency: 8,
    handlers: [
      on(operationStepChanged, (data, delivery) => apply(delivery, { kind: 'OperationStepChanged', data })),
      on(tenantInstanceProvisioned, (data, delivery) =>
        apply(delivery, { kind: 'TenantInstanceProvisioned', data }),
      ),
      on(operationSucceeded, (data, delivery) => apply(delivery, { kind: 'OperationSucceeded', data })),
      on(tenantMovePrepared, (data, delivery) => apply(delivery, { kind: 'TenantMovePrepared', data })),
      on(tenantHomeMoved, (data, delivery) => apply(delivery, { kind: 'TenantHomeMoved', data })),
      on(operationAwaitsConfirmation, (data, delivery) =>
        apply(delivery, { kind: 'OperationAwaitsConfirmation', data }),
      ),
      on(operationFailed, (data, delivery) => apply(delivery, { kind: 'OperationFailed', data })),
      on(operationCompensated, (data, delivery) => apply(delivery, { kind: 'OperationCompensated', data })),
    ],
  };
}
