import { PermanentError } from '@farutech/kernel/errors';
import type { Secret } from '@farutech/kernel/secret';
import { Prisma } from '@farutech/prisma/tenant';
import { createClientPool } from './client-pool.ts';
import { createFollower, placeNamed } from './follow-tenant.ts';
import { asTenant, openTenantClient, type TenantClient, type TenantTransaction } from './tenant-client.ts';
import { enterTenant, tenantsHere } from './tenant-gate.ts';
import type { FindHomes, TenantPlace } from './tenant-home.ts';
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
  /** How often somebody was sent to another database because the tenant had moved. Since the start, as `conflicts`. */
  readonly redirects: number;
  /** How often a transaction was made again because another was in its way. */
  readonly conflicts: number;
}

/** What a read over several tenants may use: the filter of the extension knows one tenant only. */
type RawReads = Pick<TenantTransaction, '$queryRaw'>;

/** What is done in one transaction. `databaseId` says where: a transaction's number means something there only. */
type TenantWork<T> = (tx: TenantTransaction, databaseId: string) => Promise<T>;

interface WithTenantOptions {
  /** READ COMMITTED unless told otherwise. */
  readonly isolation?: 'READ COMMITTED' | 'REPEATABLE READ';
}

export interface TenantDatabases {
  /**
   * Runs `work` in one transaction of the tenant's database, in which row-level security shows and admits that
   * tenant's rows alone. Both tiers alike. While the tenant moves to another database, or when another transaction
   * was in the way, `work` is run again from the beginning, where the tenant is by then: what it does outside `tx`
   * has to bear that. UNAVAILABLE when the database does not answer in time, or the tenant is not found within 5 s;
   * a tenant without a home is `TENANT_WITHOUT_HOME`.
   */
  withTenant<T>(tenantId: string, work: TenantWork<T>, options?: WithTenantOptions): Promise<T>;
  /**
   * The same in exactly that database, whether the tenant lives there or not: to ask it about a transaction, not to
   * read or write. `TENANT_NOT_THERE` when it is neither the tenant's home nor the other end of its move.
   */
  withTenantAt<T>(tenantId: string, databaseId: string, work: TenantWork<T>): Promise<T>;
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

interface Visit<T> extends WithTenantOptions {
  readonly tenantId: string;
  readonly databaseId: string;
  readonly work: TenantWork<T>;
}

export function openTenantDatabases(options: TenantDatabasesOptions): TenantDatabases {
  const { findHomes, maxConnections, sharedConnections, connectionsPerClient, waitMs, transactionMs } =
    options;
  const maxClients = Math.floor((maxConnections - sharedConnections) / connectionsPerClient);
  if (sharedConnections < 1 || maxClients < 1) {
    throw new RangeError(`${maxConnections} connections leave no room for both tiers`);
  }
  const follower = createFollower(findHomes);
  const limits = { maxWait: waitMs, timeout: transactionMs };
  const open = (connectionString: Secret, connections: number): TenantClient =>
    openTenantClient(connectionString, { name: options.name, connections, onPoolError: options.onError });

  const inTransaction = <T>(
    client: TenantClient,
    enter: (tx: TenantTransaction) => Promise<unknown>,
    { tenantId, databaseId, work, isolation }: Visit<T>,
  ): Promise<T> =>
    asTenant(client, tenantId).$transaction(
      async (tx) => {
        await enter(tx);
        return await work(tx, databaseId);
      },
      { ...limits, isolationLevel: isolation === 'REPEATABLE READ' ? 'RepeatableRead' : 'ReadCommitted' },
    );

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
    place: TenantPlace,
    visit: Visit<T>,
    enter: (tx: TenantTransaction) => Promise<unknown>,
  ): Promise<T> =>
    reaching(async () => {
      if (place.databaseTier === 'STANDARD') return await inTransaction(shared, enter, visit);
      const lease = await owned.lease(visit.tenantId, place.connectionString);
      try {
        return await inTransaction(lease.client, enter, visit);
      } finally {
        lease.release();
      }
    });

  const withTenant = <T>(
    tenantId: string,
    work: TenantWork<T>,
    options: WithTenantOptions = {},
  ): Promise<T> =>
    follower.follow(tenantId, (place, entered) =>
      at(place, { tenantId, databaseId: place.databaseId, work, ...options }, async (tx) => {
        await enterTenant(tx, tenantId);
        entered();
      }),
    );

  async function readAlone<Row>(
    tenantId: string,
    read: (tx: RawReads, ids: readonly string[]) => Promise<readonly Row[]>,
  ): Promise<readonly Row[]> {
    try {
      return await withTenant(tenantId, (tx) => read(tx, [tenantId]));
    } catch (error) {
      if (error instanceof PermanentError && error.code === 'TENANT_WITHOUT_HOME') return [];
      throw error;
    }
  }

  /** Los que ya no están en la compartida no se leen de lo que dejaron en ella: cada uno, donde esté. */
  async function readTogether<Row>(
    tenantIds: readonly string[],
    read: (tx: RawReads, ids: readonly string[]) => Promise<readonly Row[]>,
  ): Promise<readonly Row[]> {
    if (tenantIds.length === 0) return [];
    const { rows, here } = await reaching(() =>
      shared.$transaction(async (tx) => {
        const entered = await tenantsHere(tx, tenantIds);
        const present = tenantIds.filter((id) => entered.has(id));
        // Sin inquilino de entrada: lo que no pase por enterEach no ve nada.
        return { here: entered, rows: present.length === 0 ? [] : await read(tx, present) };
      }, limits),
    );
    const gone = tenantIds.filter((id) => !here.has(id));
    return [...rows, ...(await Promise.all(gone.map((id) => readAlone(id, read)))).flat()];
  }

  return {
    withTenant,
    async withTenantAt(tenantId, databaseId, work) {
      const place = placeNamed(databaseId, await follower.homeOf(tenantId));
      if (place === undefined) {
        throw new PermanentError(
          'TENANT_NOT_THERE',
          `tenant ${tenantId} has nothing to do with ${databaseId}`,
        );
      }
      return await at(
        place,
        { tenantId, databaseId, work },
        (tx) => tx.$executeRaw`SELECT set_config('app.tenant_id', ${tenantId}, true)`,
      );
    },
    async readTenants(tenantIds, read) {
      const homes = [...(await findHomes([...new Set(tenantIds)]))];
      const together = homes.filter(([, { databaseTier }]) => databaseTier === 'STANDARD').map(([id]) => id);
      const apart = homes.filter(([, { databaseTier }]) => databaseTier === 'ENTERPRISE').map(([id]) => id);
      const groups = await Promise.all([
        readTogether(together, read),
        ...apart.map((id) => readAlone(id, read)),
      ]);
      return groups.flat();
    },
    figures() {
      const { clients, ...rest } = owned.figures();
      return {
        connections: sharedConnections + clients * connectionsPerClient,
        clients,
        ...rest,
        ...follower.figures(),
      };
    },
    async close() {
      await Promise.all([owned.close(), shared.$disconnect()]);
    },
  };
}
