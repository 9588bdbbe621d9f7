import { tell } from '@farutech/contracts/contract';
import {
  type OperationKind,
  operationSucceeded,
  tenantInstanceProvisioned,
} from '@farutech/contracts/provisioning';
import { catchUp } from './move/steps/catch-up.ts';
import { confirmMove } from './move/steps/confirm.ts';
import { copy } from './move/steps/copy.ts';
import { logChanges } from './move/steps/log.ts';
import { prepareMove } from './move/steps/prepare.ts';
import { switchOver } from './move/steps/switch.ts';
import { verifyMove } from './move/steps/verify.ts';
import type { OperationPlan } from './operation-plan.ts';
import { reservedHome } from './reservation.ts';
import type { Step, Telling } from './step.ts';
import { activate } from './steps/activate.ts';
import { applyMigrations } from './steps/apply-migrations.ts';
import { closeDatabase } from './steps/close-database.ts';
import { createTenantDatabase } from './steps/create-database.ts';
import { dropDatabase } from './steps/drop-database.ts';
import { keepDump } from './steps/keep-dump.ts';
import { publishSubdomain, publishSubdomainAgain } from './steps/publish-subdomain.ts';
import { registerNamespace } from './steps/register-namespace.ts';
import { removeNamespace } from './steps/remove-namespace.ts';
import { reserve } from './steps/reserve.ts';
import { scaleDown } from './steps/scale-down.ts';
import { scaleUp } from './steps/scale-up.ts';
import { seedTenant } from './steps/seed-tenant.ts';
import { releaseSubdomain, withdrawSubdomain } from './steps/withdraw-subdomain.ts';

const provision: OperationPlan = {
  kind: 'PROVISION',
  steps: [
    reserve,
    createTenantDatabase,
    applyMigrations,
    seedTenant,
    registerNamespace,
    publishSubdomain,
    activate,
  ],
  async ending(run) {
    const home = await reservedHome(run);
    return (head, provisionedAt) => tell(tenantInstanceProvisioned, { ...head, ...home, provisionedAt });
  },
};

const succeeded: Telling = (head, succeededAt) => tell(operationSucceeded, { ...head, succeededAt });

const plain = (kind: OperationKind, steps: readonly Step[]): OperationPlan => ({
  kind,
  steps,
  ending: () => Promise.resolve(succeeded),
});

/** Cada clase de operación, con sus pasos. */
export const plans: Readonly<Record<OperationKind, OperationPlan>> = {
  PROVISION: provision,
  SUSPEND: plain('SUSPEND', [withdrawSubdomain, scaleDown]),
  RESUME: plain('RESUME', [scaleUp, publishSubdomainAgain, activate]),
  DECOMMISSION: plain('DECOMMISSION', [
    releaseSubdomain,
    removeNamespace,
    closeDatabase,
    keepDump,
    dropDatabase,
  ]),
  MOVE_TIER: plain('MOVE_TIER', [
    prepareMove,
    logChanges,
    copy,
    catchUp,
    verifyMove,
    switchOver,
    confirmMove,
  ]),
  MIGRATE_SCHEMA: plain('MIGRATE_SCHEMA', [applyMigrations]),
};
