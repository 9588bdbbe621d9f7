import { hostname } from 'node:os';
import {
  confirmTenantMove,
  decommissionTenantInstance,
  migrateTenantSchema,
  moveTenantTier,
  provisionTenantInstance,
  resumeTenantInstance,
  revertTenantMove,
  schemaDriftLookup,
  suspendTenantInstance,
} from '@farutech/contracts/provisioning';
import { on } from '@farutech/messaging/consume';
import { createFieldCipher } from '@farutech/runtime/field-cipher';
import pg from 'pg';
import { v7 } from 'uuid';
import type { Worker } from '../worker.ts';
import { openCluster } from './cluster/open-cluster.ts';
import { parseFaults } from './fault.ts';
import { createJournal } from './journal.ts';
import { prepareWhenStill } from './move/prepare-when-still.ts';
import { decide, perform } from './perform.ts';
import { plans } from './plans.ts';
import { dropTask, janitorTask } from './scheduled-tasks.ts';
import { answerDrift } from './schema-drift.ts';
import { createSessionPool } from './session-pool.ts';
import { createSharedTenants } from './shared-tenants.ts';
import { readTenantMigrations } from './tenant-migrations.ts';
import { createTenantTemplates } from './tenant-template.ts';

/** Crea, retoma y deshace lo que un inquilino necesita, y lo cuenta con hechos. */
export const provisioning: Worker = {
  name: 'provisioning',
  durable: 'provisioning',
  stream: 'CMD',
  subject: 'farutech.cmd.provisioning.>',
  async open(config, log) {
    const injectFault = parseFaults(config.provisioningFault);
    const cipher = createFieldCipher(config.fieldKeys);
    const migrations = readTenantMigrations(config.tenantMigrationsDir, config.productsDir);
    const shared = createSharedTenants({ url: config.tenantsDatabaseUrl, migrations, log });
    const stopPreparing = await prepareWhenStill(shared, log);
    const cluster = await openCluster(config.kubernetes);

    // Cada operación usa una conexión a la vez, y su latido otra.
    const pool = new pg.Pool({
      connectionString: config.databaseUrl,
      max: config.concurrency + 2,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 0,
      application_name: 'worker-provisioning',
    });
    pool.on('error', (error) => log.warn({ err: error }, 'lost an idle connection to the journal'));
    pool.on('connect', (client) =>
      client.on('error', (error) => log.warn({ err: error }, 'lost the journal')),
    );

    const sessions = createSessionPool({
      urls: [config.tenantServerUrl, config.tenantsDatabaseUrl],
      size: config.concurrency,
      log,
    });
    const worker = `${hostname()}:${process.pid}:${v7()}`;
    const journal = createJournal({ pool, newId: v7, worker, leaseMs: config.leaseMs });
    const surroundings = {
      pool,
      cipher,
      tenantServerUrl: config.tenantServerUrl,
      tenantHosts: config.tenantHosts,
      shared,
      sessions,
      templates: createTenantTemplates(config.tenantServerUrl, log),
      migrations,
      leaving: { graceMs: config.dropGraceMs, dumpDir: config.dumpDir },
      cluster,
      log,
    };
    const engine = {
      surroundings,
      journal,
      clock: config.clock,
      plans,
      injectFault,
      leaseMs: config.leaseMs,
    };
    return {
      handlers: [
        on(provisionTenantInstance, (order, delivery) => perform(engine, 'PROVISION', order, delivery)),
        on(suspendTenantInstance, (order, delivery) => perform(engine, 'SUSPEND', order, delivery)),
        on(resumeTenantInstance, (order, delivery) => perform(engine, 'RESUME', order, delivery)),
        on(decommissionTenantInstance, (order, delivery) => perform(engine, 'DECOMMISSION', order, delivery)),
        on(moveTenantTier, (order, delivery) => perform(engine, 'MOVE_TIER', order, delivery)),
        on(migrateTenantSchema, (order, delivery) => perform(engine, 'MIGRATE_SCHEMA', order, delivery)),
        on(confirmTenantMove, (decision, delivery) => decide(engine, 'confirm', decision, delivery)),
        on(revertTenantMove, (decision, delivery) => decide(engine, 'revert', decision, delivery)),
      ],
      answers: [
        { subject: schemaDriftLookup.subject, handle: (question) => answerDrift(surroundings, question) },
      ],
      tasks: [dropTask(surroundings), janitorTask(surroundings)],
      async check() {
        await pool.query('SELECT 1');
      },
      async close() {
        stopPreparing();
        await Promise.all([sessions.close(), pool.end()]);
      },
    };
  },
};
