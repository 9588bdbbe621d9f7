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
registerEnumType(OperationKind, { name: 'OperationKind' });

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
  valuesConfig: { SKIPPED: { description: 'Not needed here; `detail` says why.' } },
});
