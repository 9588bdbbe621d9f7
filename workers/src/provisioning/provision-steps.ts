import type { Step } from './step.ts';
import { activate } from './steps/activate.ts';
import { applyMigrations } from './steps/apply-migrations.ts';
import { createTenantDatabase } from './steps/create-database.ts';
import { publishSubdomain } from './steps/publish-subdomain.ts';
import { registerNamespace } from './steps/register-namespace.ts';
import { reserve } from './steps/reserve.ts';
import { seedTenant } from './steps/seed-tenant.ts';

/** PROVISION, de arriba abajo; deshacer va de abajo arriba. Los nombres y el orden son los del contrato. */
export const steps: readonly Step[] = [
  reserve,
  createTenantDatabase,
  applyMigrations,
  seedTenant,
  registerNamespace,
  publishSubdomain,
  activate,
];
