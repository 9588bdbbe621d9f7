import { z } from 'zod';
import { command, instant, statusFact, uuid } from './contract.ts';

/** The steps of a PROVISION operation, in order. Tenancy shows them from the first moment; the worker does them. */
export const provisionSteps = [
  'reserve',
  'create-database',
  'apply-migrations',
  'seed-tenant',
  'register-namespace',
  'publish-subdomain',
  'activate',
] as const;

/** Failed attempts that an operation may have before it ends FAILED. */
export const maxAttempts = 5;

const databaseTier = z.enum(['STANDARD', 'ENTERPRISE']);
const stepState = z.enum(['PENDING', 'RUNNING', 'DONE', 'FAILED', 'SKIPPED', 'UNDONE']);

export const provisionTenantInstance = command('provisioning', {
  name: 'ProvisionTenantInstance',
  version: 1,
  schema: z.object({
    operationId: uuid,
    instanceId: uuid,
    customerId: uuid,
    productCode: z.string(),
    planCode: z.string(),
    databaseTier,
    instanceCode: z.string(),
    globalInstanceId: z.string(),
    kubernetesNamespace: z.string(),
    subdomainUrl: z.string(),
    maxUsers: z.int().positive(),
    /** 0 for the first request; each retry has the next number and reopens the job once. */
    requestNo: z.int().nonnegative(),
  }),
  aggregateId: (data) => data.instanceId,
});

/**
 * What every fact of an operation carries. `n` is dense per operation: the projection applies only last + 1.
 * `epoch` names the claim that was alive when the fact was born.
 */
const operationFact = z.object({
  operationId: uuid,
  instanceId: uuid,
  epoch: z.int().positive(),
  n: z.int().positive(),
  /** The try that is at work, from 1. */
  attempt: z.int().positive(),
});

export const operationStep = z.object({
  ord: z.int().nonnegative(),
  name: z.string(),
  state: stepState,
  attempt: z.int().nonnegative(),
  /** For a person: why it was skipped, or what failed. Never a secret. */
  detail: z.string().nullable(),
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
});

export const operationFailure = z.object({ step: z.string(), code: z.string(), message: z.string() });

export const operationStepChanged = statusFact({
  name: 'OperationStepChanged',
  version: 1,
  schema: operationFact.extend({
    operationState: z.enum(['RUNNING', 'COMPENSATING']),
    step: operationStep,
  }),
  aggregateId: (data) => data.instanceId,
});

export const tenantInstanceProvisioned = statusFact({
  name: 'TenantInstanceProvisioned',
  version: 1,
  schema: operationFact.extend({
    /** `shared` for the Standard tier, else the name of the tenant's own database. */
    databaseId: z.string(),
    databaseTier,
    /** Of the Enterprise tier only; opens with owner `TenantInstance:<id>:connectionString`. */
    connectionCiphertext: z.string().nullable(),
    provisionedAt: instant,
  }),
  aggregateId: (data) => data.instanceId,
});

/** Attempts used up: nothing is undone, a retry goes on from the first unfinished step. */
export const operationFailed = statusFact({
  name: 'OperationFailed',
  version: 1,
  schema: operationFact.extend({ failure: operationFailure, failedAt: instant }),
  aggregateId: (data) => data.instanceId,
});

/** A permanent failure: every step was undone, a retry starts at step one. */
export const operationCompensated = statusFact({
  name: 'OperationCompensated',
  version: 1,
  schema: operationFact.extend({ failure: operationFailure, compensatedAt: instant }),
  aggregateId: (data) => data.instanceId,
});
