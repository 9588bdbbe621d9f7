import { z } from 'zod';
import { command, instant, statusFact, uuid } from './contract.ts';

/** What an operation may do to an instance. */
export const operationKind = z.enum([
  'PROVISION',
  'SUSPEND',
  'RESUME',
  'DECOMMISSION',
  'MOVE_TIER',
  'MIGRATE_SCHEMA',
]);
export type OperationKind = z.output<typeof operationKind>;

/** The steps of each kind, in order. Tenancy shows them from the first moment; the worker does them. */
export const operationSteps = {
  PROVISION: [
    'reserve',
    'create-database',
    'apply-migrations',
    'seed-tenant',
    'register-namespace',
    'publish-subdomain',
    'activate',
  ],
  SUSPEND: ['withdraw-subdomain', 'scale-down'],
  RESUME: ['scale-up', 'publish-subdomain', 'activate'],
  /** Children first; what cannot be undone comes last. */
  DECOMMISSION: ['withdraw-subdomain', 'remove-namespace', 'close-database', 'keep-dump', 'drop-database'],
  /** `switch` holds writes for an instant; before `confirm` the move waits, and can be taken back. */
  MOVE_TIER: ['prepare', 'log', 'copy', 'catch-up', 'verify', 'switch', 'confirm'],
  MIGRATE_SCHEMA: ['apply-migrations'],
} as const satisfies Record<OperationKind, readonly string[]>;

/** Failed attempts that an operation may have before it ends FAILED. */
export const maxAttempts = 5;

const databaseTier = z.enum(['STANDARD', 'ENTERPRISE']);
const stepState = z.enum(['PENDING', 'RUNNING', 'DONE', 'FAILED', 'SKIPPED', 'UNDONE']);

/** What every order of an operation carries: the instance as it is when the order is given. */
const order = z.object({
  operationId: uuid,
  instanceId: uuid,
  customerId: uuid,
  productCode: z.string(),
  databaseTier,
  instanceCode: z.string(),
  globalInstanceId: z.string(),
  kubernetesNamespace: z.string(),
  subdomainUrl: z.string(),
  /** 0 for the first request; each retry has the next number and reopens the job once. */
  requestNo: z.int().nonnegative(),
});
const aggregateId = (data: { readonly instanceId: string }): string => data.instanceId;

export const provisionTenantInstance = command('provisioning', {
  name: 'ProvisionTenantInstance',
  version: 1,
  schema: order.extend({ planCode: z.string(), maxUsers: z.int().positive() }),
  aggregateId,
});

export const suspendTenantInstance = command('provisioning', {
  name: 'SuspendTenantInstance',
  version: 1,
  schema: order,
  aggregateId,
});

export const resumeTenantInstance = command('provisioning', {
  name: 'ResumeTenantInstance',
  version: 1,
  schema: order,
  aggregateId,
});

export const decommissionTenantInstance = command('provisioning', {
  name: 'DecommissionTenantInstance',
  version: 1,
  schema: order,
  aggregateId,
});

/** `databaseTier` is where the tenant lives, `to` where it shall live. */
export const moveTenantTier = command('provisioning', {
  name: 'MoveTenantTier',
  version: 1,
  schema: order.extend({ to: databaseTier }),
  aggregateId,
});

export const migrateTenantSchema = command('provisioning', {
  name: 'MigrateTenantSchema',
  version: 1,
  schema: order,
  aggregateId,
});

/** The order with which an operation of each kind begins. Told again with a higher requestNo, it is its retry. */
export const operationOrders = {
  PROVISION: provisionTenantInstance,
  SUSPEND: suspendTenantInstance,
  RESUME: resumeTenantInstance,
  DECOMMISSION: decommissionTenantInstance,
  MOVE_TIER: moveTenantTier,
  MIGRATE_SCHEMA: migrateTenantSchema,
} as const satisfies Record<OperationKind, unknown>;

const moveDecision = z.object({ operationId: uuid, instanceId: uuid });

/** A move that waits is kept: the way back ends. */
export const confirmTenantMove = command('provisioning', {
  name: 'ConfirmTenantMove',
  version: 1,
  schema: moveDecision,
  aggregateId,
});

/** A move that waits is taken back: the operation ends COMPENSATED, with MOVE_REVERTED. */
export const revertTenantMove = command('provisioning', {
  name: 'RevertTenantMove',
  version: 1,
  schema: moveDecision,
  aggregateId,
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
  aggregateId,
});

/** Where the data of a tenant lives. */
const home = z.object({
  /** `shared` for the Standard tier, else the name of the tenant's own database. */
  databaseId: z.string(),
  databaseTier,
  /** Of the Enterprise tier only; opens with owner `TenantInstance:<id>:connectionString`. */
  connectionCiphertext: z.string().nullable(),
});

export const tenantInstanceProvisioned = statusFact({
  name: 'TenantInstanceProvisioned',
  version: 1,
  schema: operationFact.extend({
    ...home.shape,
    provisionedAt: instant,
  }),
  aggregateId,
});

/** Every step of an operation is done. A PROVISION ends with TenantInstanceProvisioned instead. */
export const operationSucceeded = statusFact({
  name: 'OperationSucceeded',
  version: 1,
  schema: operationFact.extend({ succeededAt: instant }),
  aggregateId,
});

/** Where a move will bring the tenant: whoever is sent there by its gate knows the way before the move is told. */
export const tenantMovePrepared = statusFact({
  name: 'TenantMovePrepared',
  version: 1,
  schema: operationFact.extend(home.shape),
  aggregateId,
});

/** The tenant lives there now. A home with a lower epoch is older. */
export const tenantHomeMoved = statusFact({
  name: 'TenantHomeMoved',
  version: 1,
  schema: operationFact.extend({ ...home.shape, homeEpoch: z.int().positive(), movedAt: instant }),
  aggregateId,
});

/** A move has switched; the old home is kept warm until ConfirmTenantMove or RevertTenantMove. */
export const operationAwaitsConfirmation = statusFact({
  name: 'OperationAwaitsConfirmation',
  version: 1,
  schema: operationFact.extend({ waitsSince: instant }),
  aggregateId,
});

/** Attempts used up: nothing is undone, a retry goes on from the first unfinished step. */
export const operationFailed = statusFact({
  name: 'OperationFailed',
  version: 1,
  schema: operationFact.extend({ failure: operationFailure, failedAt: instant }),
  aggregateId,
});

/** A permanent failure: every step was undone, a retry starts at step one. */
export const operationCompensated = statusFact({
  name: 'OperationCompensated',
  version: 1,
  schema: operationFact.extend({ failure: operationFailure, compensatedAt: instant }),
  aggregateId,
});

/**
 * Asked of the provisioning worker by request-reply: which migrations the databases of these tenants lack. A tenant
 * of the Standard tier is asked about the shared database.
 */
export const schemaDriftLookup = {
  subject: 'farutech.ask.provisioning.drift',
  request: z.object({
    tenants: z
      .array(z.object({ instanceId: uuid, productCode: z.string(), databaseTier }))
      .min(1)
      .max(50),
  }),
  reply: z.object({
    tenants: z.array(
      z.object({
        instanceId: uuid,
        /** By the names of their folders, in order. */
        missing: z.array(z.string()),
        /** Why its database could not be asked; null when it could. */
        unreachable: z.string().nullable(),
      }),
    ),
  }),
} as const;
