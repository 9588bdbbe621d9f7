import { hostname } from 'node:os';
import { provisionTenantInstance } from '@farutech/contracts/provisioning';
import { on } from '@farutech/messaging/consume';
import { createFieldCipher } from '@farutech/runtime/field-cipher';
import pg from 'pg';
import { v7 } from 'uuid';
import type { Worker } from '../worker.ts';
import { parseFaults } from './fault.ts';
import { createJournal } from './journal.ts';
import { createProgress } from './progress.ts';
import { provision } from './provision.ts';
import { steps } from './provision-steps.ts';
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
    await shared.prepare();

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

    const worker = `${hostname()}:${process.pid}:${v7()}`;
    const journal = createJournal({ pool, newId: v7, worker, leaseMs: config.leaseMs });
    const engine = {
      surroundings: {
        pool,
        cipher,
        tenantServerUrl: config.tenantServerUrl,
        tenantHosts: config.tenantHosts,
        shared,
        templates: createTenantTemplates(config.tenantServerUrl, log),
        migrations,
        log,
      },
      journal,
      progress: createProgress(journal),
      steps,
      injectFault,
      leaseMs: config.leaseMs,
    };
    return {
      handlers: [on(provisionTenantInstance, (command, delivery) => provision(engine, command, delivery))],
      async check() {
        await pool.query('SELECT 1');
      },
      close: () => pool.end(),
    };
  },
};
