import { registerEnumType } from 'type-graphql';

export const DatabaseTier = { STANDARD: 'STANDARD', ENTERPRISE: 'ENTERPRISE' } as const;
registerEnumType(DatabaseTier, {
  name: 'DatabaseTier',
  description: 'Where the data of a tenant lives.',
  valuesConfig: {
    STANDARD: { description: 'In the shared database, behind row-level security.' },
    ENTERPRISE: { description: 'In a database of its own.' },
  },
});

export const TenantInstanceStatus = {
  PROVISIONING: 'PROVISIONING',
  ACTIVE: 'ACTIVE',
  FAILED: 'FAILED',
  SUSPENDED: 'SUSPENDED',
  DECOMMISSIONED: 'DECOMMISSIONED',
} as const;
registerEnumType(TenantInstanceStatus, {
  name: 'TenantInstanceStatus',
  description: 'Where an instance stands.',
  valuesConfig: {
    PROVISIONING: { description: 'Being made.' },
    ACTIVE: {
      description: 'Provisioned, and its subscription is on: whoever reads ACTIVE finds the features on.',
    },
    FAILED: { description: 'It could not be made; its operation says why.' },
    SUSPENDED: { description: 'Switched off for now; its data stays.' },
    DECOMMISSIONED: { description: 'Taken down for good.' },
  },
});

export const OperationKind = {
  PROVISION: 'PROVISION',
  SUSPEND: 'SUSPEND',
  RESUME: 'RESUME',
  DECOMMISSION: 'DECOMMISSION',
  MOVE_TIER: 'MOVE_TIER',
  MIGRATE_SCHEMA: 'MIGRATE_SCHEMA',
} as const;
registerEnumType(OperationKind, {
  name: 'OperationKind',
  description: 'What an operation does to its instance.',
  valuesConfig: {
    PROVISION: { description: 'Makes it: names, database, first data, namespace, subdomain.' },
    SUSPEND: { description: 'Switches it off for now.' },
    RESUME: { description: 'Switches it on again.' },
    DECOMMISSION: { description: 'Takes it down for good.' },
    MOVE_TIER: { description: 'Moves its data to the other tier.' },
    MIGRATE_SCHEMA: { description: 'Brings its database to the newest schema of the product.' },
  },
});

export const OperationState = {
  SCHEDULED: 'SCHEDULED',
  RUNNING: 'RUNNING',
  AWAITING_CONFIRMATION: 'AWAITING_CONFIRMATION',
  COMPENSATING: 'COMPENSATING',
  SUCCEEDED: 'SUCCEEDED',
  FAILED: 'FAILED',
  COMPENSATED: 'COMPENSATED',
} as const;
registerEnumType(OperationState, {
  name: 'OperationState',
  description: 'How far an operation has come.',
  valuesConfig: {
    SCHEDULED: { description: 'Accepted; no worker has begun.' },
    RUNNING: { description: 'A worker is at it.' },
    AWAITING_CONFIRMATION: { description: 'Done, and it can still be taken back.' },
    COMPENSATING: { description: 'It failed for good; its steps are being undone.' },
    SUCCEEDED: { description: 'Done.' },
    FAILED: { description: 'Its attempts are used up; nothing was undone.' },
    COMPENSATED: { description: 'It failed for good and every step was undone.' },
  },
});

export const StepState = {
  PENDING: 'PENDING',
  RUNNING: 'RUNNING',
  DONE: 'DONE',
  FAILED: 'FAILED',
  SKIPPED: 'SKIPPED',
  UNDONE: 'UNDONE',
} as const;
registerEnumType(StepState, {
  name: 'StepState',
  description: 'How far a step of an operation has come.',
  valuesConfig: { SKIPPED: { description: 'Not needed here; `detail` says why.' } },
});
