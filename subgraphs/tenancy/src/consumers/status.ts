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
import type { ConsumerDefinition } from '@farutech/messaging/consume';
import { type MessageReader, reads, together } from '@farutech/messaging/together';
import {
  type ApplyOperationFactParts,
  applyOperationFact,
  applyOperationFacts,
  type OperationFact,
} from '../use-cases/apply-operation-fact.ts';
import { messageCause } from './message-cause.ts';

const durable = 'tenancy-status';

/** Más de los que cuenta un aprovisionamiento no esperan: es lo que llega mientras se aplica lo de antes. */
const most = 16;

const readers: readonly MessageReader<OperationFact>[] = [
  reads(operationStepChanged, (data) => ({ kind: 'OperationStepChanged', data })),
  reads(tenantInstanceProvisioned, (data) => ({ kind: 'TenantInstanceProvisioned', data })),
  reads(operationSucceeded, (data) => ({ kind: 'OperationSucceeded', data })),
  reads(tenantMovePrepared, (data) => ({ kind: 'TenantMovePrepared', data })),
  reads(tenantHomeMoved, (data) => ({ kind: 'TenantHomeMoved', data })),
  reads(operationAwaitsConfirmation, (data) => ({ kind: 'OperationAwaitsConfirmation', data })),
  reads(operationFailed, (data) => ({ kind: 'OperationFailed', data })),
  reads(operationCompensated, (data) => ({ kind: 'OperationCompensated', data })),
];

/** Lo que el trabajador de aprovisionamiento cuenta de las operaciones. */
export const statusConsumer = (parts: ApplyOperationFactParts): ConsumerDefinition => ({
  durable,
  stream: 'STATUS',
  filterSubject: 'farutech.status.>',
  concurrency: 8,
  ...together(readers, {
    most,
    one: ({ value, delivery }) => applyOperationFact(parts, messageCause(durable, delivery), value),
    all: (instanceId, received) =>
      applyOperationFacts(
        parts,
        instanceId,
        received.map(({ value: fact, delivery }) => ({ cause: messageCause(durable, delivery), fact })),
      ),
  }),
});
