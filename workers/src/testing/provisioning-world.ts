import { fileURLToPath } from 'node:url';
import type { DataOf } from '@farutech/contracts/contract';
import type { provisionTenantInstance } from '@farutech/contracts/provisioning';
import { createDatabase } from '@farutech/local/databases';
import type { Delivery } from '@farutech/messaging/consume';
import { migrate } from '@farutech/prisma/migrate';
import { createFieldCipher, developmentFieldKeys } from '@farutech/runtime/field-cipher';
import type { Logger } from '@farutech/runtime/logger';
import pg from 'pg';
import { v7 } from 'uuid';
import { startTestPostgres, type TestPostgres } from '../../../tests/support/postgres.ts';
import { quietLog } from '../../../tests/support/quiet-log.ts';
import { placeOf } from '../config.ts';
import { noCluster } from '../provisioning/cluster/no-cluster.ts';
import { parseFaults } from '../provisioning/fault.ts';
import { createJournal } from '../provisioning/journal.ts';
import { perform } from '../provisioning/perform.ts';
import { plans } from '../provisioning/plans.ts';
import type { Engine } from '../provisioning/run-operation.ts';
import { createSessionPool } from '../provisioning/session-pool.ts';
import { createSharedTenants } from '../provisioning/shared-tenants.ts';
import { readTenantMigrations } from '../provisioning/tenant-migrations.ts';
import { onDatabase, tenantDatabaseName } from '../provisioning/tenant-names.ts';
import { createTenantTemplates } from '../provisioning/tenant-template.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface Fact {
  readonly name: string;
  readonly data: {
    readonly epoch: number;
    readonly n: number;
    readonly attempt: number;
    readonly operationState?: string;
    readonly step?: {
      readonly name: string;
      readonly state: string;
      readonly attempt: number;
      readonly detail: string;
    };
    readonly failure?: { readonly step: string; readonly code: string; readonly message: string };
    readonly databaseId?: string;
    readonly connectionCiphertext?: string | null;
  };
}

/** Un administrador con lo justo: crea bases y roles, y no es superusuario. */
async function modestAdministrator(server: TestPostgres): Promise<string> {
  const client = new pg.Client({ connectionString: server.adminUrl });
  await client.connect();
  await client.query(`CREATE ROLE orquestador LOGIN CREATEDB CREATEROLE PASSWORD 'orquestador'`);
  await client.end();
  const url = new URL(server.adminUrl);
  url.username = 'orquestador';
  url.password = 'orquestador';
  return url.toString();
}

/** Un servidor propio con la base de los trabajadores y la compartida, y motores que trabajan sobre ellas. */
export async function openProvisioningWorld({ modest = false } = {}) {
  // Un cliente parado a media contraseña detiene todo DROP DATABASE del servidor hasta que vence este plazo; el de
  // fábrica es un minuto, y aquí se paran procesos adrede.
  const server = await startTestPostgres(['authentication_timeout=3s']);
  const tenantServerUrl = modest ? await modestAdministrator(server) : server.adminUrl;
  const workersUrl = await server.createDatabase('workers');
  await createDatabase(tenantServerUrl, 'tenants');
  const tenantsUrl = onDatabase(tenantServerUrl, 'tenants');
  await migrate(workersUrl, [`${root}prisma/workers/migrations`]);
  const log: Logger = quietLog('provisioning-test');
  const cipher = createFieldCipher(developmentFieldKeys);
  const migrations = readTenantMigrations(`${root}prisma/tenant/migrations`, `${root}products`);
  const shared = createSharedTenants({ url: tenantsUrl, migrations, log });
  await shared.prepare();
  const pools: pg.Pool[] = [];
  const sessions = createSessionPool({ urls: [tenantServerUrl, tenantsUrl], size: 4, log });
  const open = (connectionString: string): pg.Pool => {
    const pool = new pg.Pool({ connectionString, max: 6 });
    pool.on('error', () => undefined);
    pools.push(pool);
    return pool;
  };
  const pool = open(workersUrl);
  // Quien mira desde fuera ve lo de todos: como superusuario, RLS no le alcanza.
  const tenants = open(server.url('tenants'));
  const admin = open(server.adminUrl);

  return {
    server,
    open,
    workersUrl,
    tenantsUrl,
    pool,
    tenants,
    admin,
    cipher,
    log,
    shared,
    sessions,
    migrations,
    engine({
      fault = '',
      leaseMs = 2_000,
      worker = v7(),
      journalPool = pool,
      cluster = noCluster,
    } = {}): Engine {
      const journal = createJournal({ pool: journalPool, newId: v7, worker, leaseMs });
      return {
        surroundings: {
          pool,
          cipher,
          tenantServerUrl,
          tenantHosts: [placeOf(server.adminUrl)],
          shared,
          sessions,
          templates: createTenantTemplates(tenantServerUrl, log),
          migrations,
          leaving: { graceMs: 0, dumpDir: undefined },
          cluster,
          log,
        },
        journal,
        clock: () => new Date(),
        plans,
        injectFault: parseFaults(fault),
        leaseMs,
      };
    },
    /** Los hechos de una operación, en el orden en que saldrán. */
    async factsOf(operationId: string): Promise<readonly Fact[]> {
      const { rows } = await pool.query<Fact>(
        `SELECT name, data FROM outbox WHERE data->>'operationId' = $1 ORDER BY id`,
        [operationId],
      );
      return rows;
    },
    async jobOf(operationId: string): Promise<Record<string, unknown>> {
      const { rows } = await pool.query('SELECT * FROM job WHERE operation_id = $1', [operationId]);
      return rows[0];
    },
    /** Lo que existe de un inquilino Enterprise en el servidor. */
    async traces(instanceId: string) {
      const name = tenantDatabaseName(instanceId);
      const { rows } = await admin.query<{ databases: number; roles: number }>(
        `SELECT (SELECT count(*)::int FROM pg_database WHERE datname = $1) AS databases,
                (SELECT count(*)::int FROM pg_roles WHERE rolname = $1) AS roles`,
        [name],
      );
      const { rows: registered } = await tenants.query<{ owners: number; gates: number; settings: number }>(
        `SELECT (SELECT count(*)::int FROM tenant_owner WHERE tenant_id = $1) AS owners,
                (SELECT count(*)::int FROM tenant_gate WHERE tenant_id = $1) AS gates,
                (SELECT count(*)::int FROM tenant_setting WHERE tenant_id = $1) AS settings`,
        [instanceId],
      );
      const { rows: held } = await pool.query<{ reserved: number; published: number }>(
        `SELECT (SELECT count(*)::int FROM tenant_database WHERE instance_id = $1 AND released_at IS NULL) AS reserved,
                (SELECT count(*)::int FROM published_subdomain
                 WHERE instance_id = $1 AND withdrawn_at IS NULL) AS published`,
        [instanceId],
      );
      return { ...rows[0], ...registered[0], ...held[0] };
    },
    async close() {
      await Promise.all([sessions.close(), ...pools.map((one) => one.end())]);
      await server.close();
    },
  };
}
export type ProvisioningWorld = Awaited<ReturnType<typeof openProvisioningWorld>>;

let count = 0;

/** La petición de una instancia nueva de farutech-vet. */
export type ProvisionOrder = DataOf<typeof provisionTenantInstance>;

export function aRequest(over: Partial<ProvisionOrder> = {}): ProvisionOrder {
  count += 1;
  const instanceCode = over.instanceCode ?? `norte-${process.pid}-${count}`;
  return {
    operationId: v7(),
    instanceId: v7(),
    customerId: v7(),
    productCode: 'FARUTECH_VET',
    planCode: 'VET_PROFESSIONAL',
    databaseTier: 'STANDARD',
    globalInstanceId: `grupo-exito-${instanceCode}`,
    kubernetesNamespace: `grupo-exito-${instanceCode}`,
    subdomainUrl: `https://${instanceCode}.grupo-exito.farutech.test`,
    maxUsers: 25,
    requestNo: 0,
    ...over,
    instanceCode,
  };
}

export const aDelivery = (over: Partial<Delivery> = {}): Delivery => ({
  messageId: v7(),
  correlationId: v7(),
  attempt: 1,
  occurredAt: new Date(),
  lastAttempt: false,
  ...over,
});

export const provision = (engine: Engine, order: ProvisionOrder, delivery: Delivery): Promise<void> =>
  perform(engine, 'PROVISION', order, delivery);

/** «reserve RUNNING»: los avances de los pasos, y los finales por su nombre. */
export const story = (facts: readonly Fact[]): readonly string[] =>
  facts.map(({ name, data }) => (data.step === undefined ? name : `${data.step.name} ${data.step.state}`));

/** Todo lo que se cuenta cuando va bien; `second` es cómo acaba create-database. */
export const whole = (second: string) => [
  'reserve RUNNING',
  'reserve DONE',
  'create-database RUNNING',
  `create-database ${second}`,
  'apply-migrations RUNNING',
  'apply-migrations DONE',
  'seed-tenant RUNNING',
  'seed-tenant DONE',
  'register-namespace RUNNING',
  'register-namespace SKIPPED',
  'publish-subdomain RUNNING',
  'publish-subdomain DONE',
  'activate RUNNING',
  'activate DONE',
  'TenantInstanceProvisioned',
];

/** Sin rastro. */
export const nothing = {
  databases: 0,
  roles: 0,
  owners: 0,
  gates: 0,
  settings: 0,
  reserved: 0,
  published: 0,
};
