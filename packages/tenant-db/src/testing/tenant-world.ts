import { randomUUID as newId } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Secret } from '@farutech/kernel/secret';
import { migrate } from '@farutech/prisma/migrate';
import pg from 'pg';
import { startTestPostgres, type TestPostgres } from '../../../../tests/support/postgres.ts';
import {
  openTenantDatabases,
  type TenantDatabases,
  type TenantDatabasesOptions,
} from '../tenant-databases.ts';
import type { TenantHome } from '../tenant-home.ts';

const migrations = fileURLToPath(new URL('../../../../prisma/tenant/migrations', import.meta.url));
const password = 'una clave de prueba';

export interface TenantWorld {
  readonly server: TestPostgres;
  /** Entra como la aplicación: ni dueño ni superusuario. */
  readonly sharedUrl: Secret;
  readonly homes: Map<string, TenantHome>;
  /** Un superusuario en la base compartida: ve lo de todos. */
  readonly outside: pg.Pool;
  addStandard(tenantId?: string): Promise<string>;
  addEnterprise(tenantId?: string): Promise<string>;
  /** Un superusuario en la base propia de un inquilino. */
  databaseUrlOf(tenantId: string): string;
  open(rest?: Partial<TenantDatabasesOptions>): TenantDatabases;
  close(): Promise<void>;
}

const databaseOf = (tenantId: string): string => `t_${tenantId.replaceAll('-', '')}`;

async function run(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

function as(url: string, user: string, options?: string): Secret {
  const parsed = new URL(url);
  parsed.username = user;
  parsed.password = encodeURIComponent(password);
  if (options !== undefined) parsed.searchParams.set('options', options);
  return new Secret(parsed.toString());
}

const seed = (tenantId: string): readonly string[] => [
  `SELECT set_config('app.tenant_id', '${tenantId}', false)`,
  `INSERT INTO tenant_owner VALUES ('${tenantId}', '${newId()}', 'FARUTECH_VET', 'vet-${tenantId}', now())`,
  `INSERT INTO tenant_gate (tenant_id) VALUES ('${tenantId}')`,
];

/** Bases de inquilinos como las deja el trabajador: la compartida con su rol, y una propia por cada Enterprise. */
export async function startTenantWorld(): Promise<TenantWorld> {
  const server = await startTestPostgres(['max_connections=300']);
  const shared = await server.createDatabase('tenants');
  await migrate(shared, [migrations]);
  await run(shared, [
    'CREATE ROLE farutech_app NOLOGIN NOSUPERUSER NOBYPASSRLS',
    `CREATE ROLE farutech_tenancy LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '${password}' IN ROLE farutech_app`,
    'GRANT CONNECT ON DATABASE tenants TO farutech_app',
    `SELECT admit_application_role('farutech_app')`,
  ]);
  const template = await server.createDatabase('tenant_template');
  await migrate(template, [migrations]);
  const outside = new pg.Pool({ connectionString: shared, max: 2 });
  const admin = new pg.Pool({ connectionString: server.adminUrl, max: 4 });
  for (const pool of [outside, admin]) pool.on('error', () => undefined);
  const homes = new Map<string, TenantHome>();
  const sharedUrl = as(shared, 'farutech_tenancy');

  return {
    server,
    sharedUrl,
    homes,
    outside,
    async addStandard(tenantId = newId()) {
      for (const statement of seed(tenantId).slice(1)) await outside.query(statement);
      homes.set(tenantId, { databaseId: 'shared', databaseTier: 'STANDARD', other: null });
      return tenantId;
    },
    async addEnterprise(tenantId = newId()) {
      const name = databaseOf(tenantId);
      await admin.query(`CREATE ROLE ${name} LOGIN NOSUPERUSER NOINHERIT NOBYPASSRLS PASSWORD '${password}'`);
      await admin.query(`CREATE DATABASE ${name} TEMPLATE tenant_template`);
      await admin.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${name} FROM PUBLIC`);
      await admin.query(`GRANT CONNECT ON DATABASE ${name} TO ${name}`);
      const url = server.url(name);
      await run(url, [`SELECT admit_application_role('${name}')`, ...seed(tenantId)]);
      homes.set(tenantId, {
        databaseId: name,
        databaseTier: 'ENTERPRISE',
        connectionString: as(url, name, `-c app.tenant_id=${tenantId}`),
        other: null,
      });
      return tenantId;
    },
    databaseUrlOf: (tenantId) => server.url(databaseOf(tenantId)),
    open: (rest = {}) =>
      openTenantDatabases({
        name: 'tenant-db-test',
        sharedUrl,
        findHomes: async (ids) =>
          new Map(
            ids.flatMap((id) => {
              const home = homes.get(id);
              return home === undefined ? [] : [[id, home] as const];
            }),
          ),
        maxConnections: 20,
        sharedConnections: 8,
        connectionsPerClient: 2,
        idleMs: 30_000,
        waitMs: 5_000,
        transactionMs: 10_000,
        onError: () => undefined,
        ...rest,
      }),
    async close() {
      await Promise.all([outside.end(), admin.end()]);
      await server.close();
    },
  };
}

/** Las conexiones que el servidor ve con ese nombre. */
export async function connectionsNamed(world: TenantWorld, name: string): Promise<number> {
  const { rows } = await world.outside.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = $1',
    [name],
  );
  return rows[0]?.count ?? 0;
}
