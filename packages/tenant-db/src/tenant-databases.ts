import { PermanentError } from '@farutech/kernel/errors';
import type { Secret } from '@farutech/kernel/secret';
import { Prisma } from '@farutech/prisma/tenant';
import { createClientPool } from './client-pool.ts';
import { asTenant, openTenantClient, type TenantClient, type TenantTransaction } from './tenant-client.ts';
import type { FindHomes, TenantHome } from './tenant-home.ts';
import { isOutOfReach, unavailable } from './unavailable.ts';

export interface TenantDatabasesOptions {
  /** Shown by the server as `application_name`. */
  readonly name: string;
  /** The shared database, as a login that owns nothing, bypasses nothing and is a member of `farutech_app`. */
  readonly sharedUrl: Secret;
  readonly findHomes: FindHomes;
  /** Connections of this process to all tenant databases together. */
  readonly maxConnections: number;
  /** Of those, how many belong to the shared database. */
  readonly sharedConnections: number;
  /** How many one tenant's own database gets. */
  readonly connectionsPerClient: number;
  /** A client of a tenant's own database that nobody has used for this long is closed. */
  readonly idleMs: number;
  /** How long somebody waits for a place or a connection before UNAVAILABLE. */
  readonly waitMs: number;
  /** How long one transaction may last. */
  readonly transactionMs: number;
  onError(error: unknown): void;
}

interface TenantDatabasesFigures {
  /** The most that may be open now: clients × their connections. Never above `maxConnections`. */
  readonly connections: number;
  readonly clients: number;
  readonly waiting: number;
  readonly opened: number;
}

/** What a read over several tenants may use: the filter of the extension knows one tenant only. */
type RawReads = Pick<TenantTransaction, '$queryRaw'>;

export interface TenantDatabases {
  /**
   * Runs `work` in one transaction of the tenant's database, in which row-level security shows and admits that
   * tenant's rows alone. Both tiers alike. UNAVAILABLE when the database does not answer in time; a tenant without
   * a home is `TENANT_WITHOUT_HOME`.
   */
  withTenant<T>(tenantId: string, work: (tx: TenantTransaction) => Promise<T>): Promise<T>;
  /**
   * Reads of several tenants: those of the shared database come as one group in one transaction, each other one by
   * itself. `read` enters each tenant of its group with `enterEach`. Tenants without a home are left out.
   */
  readTenants<Row>(
    tenantIds: readonly string[],
    read: (tx: RawReads, tenantIds: readonly string[]) => Promise<readonly Row[]>,
  ): Promise<readonly Row[]>;
  figures(): TenantDatabasesFigures;
  /** Resolves when no connection is left. */
  close(): Promise<void>;
}

const enter = (tx: TenantTransaction, tenantId: string): Promise<number> =>
  tx.$executeRaw`SELECT set_config('app.tenant_id', ${tenantId}, true)`;

/**
 * From which a query over several tenants takes its rows: each is entered in turn (`app.tenant_id`), and only then
 * what depends on `entered.tenant_id` is read. Join with `CROSS JOIN LATERAL (… WHERE tenant_id = entered.tenant_id
 * … LIMIT n)`: the LIMIT keeps the planner from reading first and entering later, which would show nothing.
 */
export const enterEach = (tenantIds: readonly string[]): Prisma.Sql => Prisma.sql`
  unnest(${[...tenantIds]}::uuid[]) AS asked (id)
  CROSS JOIN LATERAL (
    SELECT set_config('app.tenant_id', asked.id::text, true)::uuid AS tenant_id OFFSET 0
  ) AS entered`;

export function openTenantDatabases(options: TenantDatabasesOptions): TenantDatabases {
  const { findHomes, maxConnections, sharedConnections, connectionsPerClient, waitMs, transactionMs } =
    options;
  const maxClients = Math.floor((maxConnections - sharedConnections) / connectionsPerClient);
  if (sharedConnections < 1 || maxClients < 1) {
    throw new RangeError(`${maxConnections} connections leave no room for both tiers`);
  }
  const limits = { maxWait: waitMs, timeout: transactionMs };
  const open = (connectionString: Secret, connections: number): TenantClient =>
    openTenantClient(connectionString, { name: options.name, connections, onPoolError: options.onError });

  const inTransaction = <T>(
    client: TenantClient,
    tenantId: string,
    work: (tx: TenantTransaction) => Promise<T>,
  ): Promise<T> =>
    asTenant(client, tenantId).$transaction(async (tx) => {
      await enter(tx, tenantId);
      return await work(tx);
    }, limits);

  /** Se mira una vez por cliente: una cadena que lleva a la base de otro no se usa ni para leer. */
  async function openOwned(tenantId: string, connectionString: Secret): Promise<TenantClient> {
    const client = open(connectionString, connectionsPerClient);
    try {
      // Una sentencia y a mano: abrir es lo caro de este paquete, y compilar una consulta en un cliente nuevo, la mitad.
      const owner = await client.$queryRaw<unknown[]>`
        SELECT 1 FROM ${enterEach([tenantId])} CROSS JOIN LATERAL (
          SELECT 1 FROM tenant_owner WHERE tenant_id = entered.tenant_id LIMIT 1) AS mine`;
      if (owner.length === 1) return client;
      throw new PermanentError('DATABASE_NOT_OURS', `the database of tenant ${tenantId} belongs to another`);
    } catch (error) {
      await client.$disconnect();
      throw error;
    }
  }

  const shared = open(options.sharedUrl, sharedConnections);
  const owned = createClientPool<TenantClient>({
    maxClients,
    idleMs: options.idleMs,
    waitMs,
    open: openOwned,
    close: (client) => client.$disconnect(),
    onError: options.onError,
  });

  async function reaching<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw isOutOfReach(error) ? unavailable(error) : error;
    }
  }

  const at = <T>(
    home: TenantHome,
    tenantId: string,
    work: (tx: TenantTransaction) => Promise<T>,
  ): Promise<T> =>
    reaching(async () => {
      if (home.databaseTier === 'STANDARD') return await inTransaction(shared, tenantId, work);
      const lease = await owned.lease(tenantId, home.connectionString);
      try {
        return await inTransaction(lease.client, tenantId, work);
      } finally {
        lease.release();
      }
    });

  return {
    async withTenant(tenantId, work) {
      const home = (await findHomes([tenantId])).get(tenantId);
      if (home === undefined) {
        throw new PermanentError('TENANT_WITHOUT_HOME', `tenant ${tenantId} has no database yet`);
      }
      return await at(home, tenantId, work);
    },
    async readTenants(tenantIds, read) {
      const homes = [...(await findHomes([...new Set(tenantIds)]))];
      const together = homes.filter(([, { databaseTier }]) => databaseTier === 'STANDARD').map(([id]) => id);
      const apart = homes.filter(([, { databaseTier }]) => databaseTier === 'ENTERPRISE');
      const groups = await Promise.all([
        // Sin inquilino de entrada: lo que no pase por enterEach no ve nada.
        together.length === 0 ? [] : reaching(() => shared.$transaction((tx) => read(tx, together), limits)),
        ...apart.map(([id, home]) => at(home, id, (tx) => read(tx, [id]))),
      ]);
      return groups.flat();
    },
    figures() {
      const { clients, ...rest } = owned.figures();
      return { connections: sharedConnections + clients * connectionsPerClient, clients, ...rest };
    },
    async close() {
      await Promise.all([owned.close(), shared.$disconnect()]);
    },
  };
}
