import { z } from 'zod';
import { fact, instant, statusFact, uuid } from './contract.ts';
import { operationFailure, operationKind, operationStep } from './provisioning.ts';

/** No personal field: the tax id and the e-mail stay with their owner. */
export const customerRegistered = fact('tenancy', {
  name: 'CustomerRegistered',
  version: 1,
  schema: z.object({
    customerId: uuid,
    country: z.string().length(2),
    isActive: z.boolean(),
    /** Grows with each change of the customer. */
    revision: z.int().positive(),
    registeredAt: instant,
  }),
  aggregateId: (data) => data.customerId,
});

/** A customer was updated, deactivated or reactivated: its present, under the next revision. */
export const customerChanged = fact('tenancy', {
  name: 'CustomerChanged',
  version: 1,
  schema: z.object({
    customerId: uuid,
    country: z.string().length(2),
    /** Without it nothing new is provisioned; what runs stays. */
    isActive: z.boolean(),
    revision: z.int().positive(),
    changedAt: instant,
  }),
  aggregateId: (data) => data.customerId,
});

export const tenantInstanceRequested = fact('tenancy', {
  name: 'TenantInstanceRequested',
  version: 1,
  schema: z.object({
    instanceId: uuid,
    customerId: uuid,
    productId: uuid,
    planId: uuid,
    planCode: z.string(),
    planVersion: z.int().positive(),
    startsAt: instant,
    expiresAt: instant.nullable(),
    requestedAt: instant,
  }),
  aggregateId: (data) => data.instanceId,
});

const instanceStatus = z.enum(['PROVISIONING', 'ACTIVE', 'FAILED', 'SUSPENDED', 'DECOMMISSIONED']);
const operationSnapshot = z.object({
  id: uuid,
  kind: operationKind,
  state: z.enum([
    'SCHEDULED',
    'RUNNING',
    'AWAITING_CONFIRMATION',
    'COMPENSATING',
    'SUCCEEDED',
    'FAILED',
    'COMPENSATED',
  ]),
  attempt: z.int().nonnegative(),
  maxAttempts: z.int().positive(),
  failure: operationFailure.nullable(),
  correlationId: uuid,
  startedAt: instant,
  finishedAt: instant.nullable(),
});

/**
 * One entry of an instance's feed. `version` is dense per instance: a reader that holds n and sees n + 2
 * knows that it missed one. A step that moves raises the version too, with the status as it was.
 */
export const tenantInstanceStatusChanged = statusFact({
  name: 'TenantInstanceStatusChanged',
  version: 1,
  schema: z.object({
    instanceId: uuid,
    customerId: uuid,
    version: z.int().positive(),
    status: instanceStatus,
    /** Whether `status` differs from the entry before. */
    statusChanged: z.boolean(),
    operation: operationSnapshot.nullable(),
    step: operationStep.nullable(),
    message: z.string(),
    occurredAt: instant,
  }),
  aggregateId: (data) => data.instanceId,
});
