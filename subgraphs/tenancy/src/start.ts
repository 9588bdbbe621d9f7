import type { FieldCipher } from '@farutech/kernel/field-cipher';
import { type Messaging, openMessaging } from '@farutech/messaging/connection';
import { startOutboxRelay } from '@farutech/messaging/outbox-relay';
import { createFieldCipher } from '@farutech/runtime/field-cipher';
import { createHealth, type Health } from '@farutech/runtime/health';
import type { Logger } from '@farutech/runtime/logger';
import { createMetrics, type Metrics } from '@farutech/runtime/metrics';
import { startSchedule } from '@farutech/schedule/start-schedule';
import { type RunningSubgraph, startSubgraph } from '@farutech/subgraph/start-subgraph';
import type { TenantDatabases } from '@farutech/tenant-db/tenant-databases';
import { v7 as newId } from 'uuid';
import type { TenancyConfig } from './config.ts';
import { catalogConsumer } from './consumers/catalog.ts';
import { deadLettersConsumer } from './consumers/dead-letters.ts';
import { statusConsumer } from './consumers/status.ts';
import { subscriptionConsumer } from './consumers/subscription.ts';
import type { UnitOfWork } from './domain/ports.ts';
import { causeOf, type TenancyContext } from './graphql/context.ts';
import { buildTenancySchema } from './graphql/schema.ts';
import { openFeeds, type TenancyFeeds } from './live-feeds.ts';
import { auditRefusal } from './persistence/audit-refusal.ts';
import { catalogStore } from './persistence/catalog.store.ts';
import { numberChanges } from './persistence/number-changes.ts';
import { openPrisma, type TenancyPrisma } from './persistence/open-prisma.ts';
import { openTenants } from './persistence/open-tenants.ts';
import { tenancyReads } from './persistence/queries/tenancy-reads.ts';
import { startSettling } from './persistence/settle-tenant-writes.ts';
import { createTenantDesk } from './persistence/tenant-desk.ts';
import { type TenantWrites, tenantWrites } from './persistence/tenant-writes.ts';
import { createUnitOfWork } from './persistence/unit-of-work.ts';
import { scheduledTasks } from './scheduled-tasks.ts';
import { showTenants } from './show-tenants.ts';
import { askCatalog } from './use-cases/ask-catalog.ts';
import { learnOffer } from './use-cases/learn-offer.ts';

interface Parts {
  readonly config: TenancyConfig;
  readonly prisma: TenancyPrisma;
  readonly cipher: FieldCipher;
  readonly unitOfWork: UnitOfWork;
  readonly tenants: TenantDatabases;
  readonly writes: TenantWrites;
  readonly messaging: Messaging;
  readonly feeds: TenancyFeeds;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Logger;
}

interface Closable {
  close(): Promise<void>;
}

/** Cierra en orden aunque uno falle: el primero que falló es el que se cuenta. */
async function closeAll(parts: readonly Closable[]): Promise<void> {
  const failures: unknown[] = [];
  for (const part of parts) await part.close().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/** Todo lo de tenancy en un proceso: lo que sirve, y con ROLE consumers o all lo que escucha y cuenta. */
export async function startTenancy(config: TenancyConfig, log: Logger): Promise<RunningSubgraph> {
  const cipher = createFieldCipher(config.fieldKeys);
  const metrics = createMetrics('tenancy');
  const prisma = openPrisma(config.databaseUrl, (error) =>
    log.warn({ err: error }, 'a database connection was lost'),
  );
  const health = createHealth();
  health.add('database', async () => {
    await prisma.$queryRaw`SELECT 1`;
  });
  const messaging = openMessaging({
    servers: config.natsUrl,
    name: 'tenancy',
    ackWaitMs: config.ackWaitMs,
    log,
    metrics,
  });
  // Fuera de `consumers` se dice y no quita de servicio: aceptar una mutación solo necesita PostgreSQL.
  health.add('nats', () => messaging.check(), { required: config.role === 'consumers' });
  const feeds = openFeeds({ prisma, messaging, metrics, log });
  const unitOfWork = createUnitOfWork({ prisma, cipher, newId, clock: config.clock });
  const tenants = openTenants({
    prisma,
    cipher,
    sharedUrl: config.tenantsDatabaseUrl,
    maxConnections: config.tenantConnections,
    onError: (error) => log.warn({ err: error }, 'a connection to a tenant database was lost'),
  });
  showTenants(metrics, tenants);
  const writes = tenantWrites(prisma, newId, config.clock);
  const parts: Parts = {
    config,
    prisma,
    cipher,
    unitOfWork,
    tenants,
    writes,
    messaging,
    feeds,
    health,
    metrics,
    log,
  };
  const behind: Closable[] = [messaging, feeds, tenants, { close: () => prisma.$disconnect() }];
  if (config.role !== 'api') behind.unshift(startConsuming(parts));
  try {
    const server = await serve(parts);
    return { url: server.url, wsUrl: server.wsUrl, close: () => closeAll([server, ...behind]) };
  } catch (error) {
    await closeAll(behind);
    throw error;
  }
}

/** También con ROLE=consumers: ahí nadie encamina peticiones a su puerto, pero la salud se pregunta en él. */
async function serve(parts: Parts): Promise<RunningSubgraph> {
  const { config, prisma, cipher, unitOfWork, tenants, writes, messaging, feeds, health, metrics, log } =
    parts;
  const { clock } = config;
  const asking = {
    catalog: catalogStore(prisma),
    ask: (planCode: string) => askCatalog(messaging.request, planCode),
  };
  const tenantDesk = createTenantDesk({
    tenants,
    writes,
    newId,
    onUnsettled: (error) => log.warn({ err: error }, 'a change of a tenant is audited later'),
  });
  const { schema } = await buildTenancySchema({
    unitOfWork,
    tenantDesk,
    newId,
    clock,
    tenantDomain: config.tenantDomain,
    learnOffer: (productCode, planCode) => learnOffer(asking, productCode, planCode),
    feeds,
  });
  return await startSubgraph<TenancyContext>({
    name: 'tenancy',
    schema,
    host: config.host,
    port: config.port,
    internalTokenSecret: config.internalTokenSecret,
    health,
    metrics,
    log,
    createContext(base) {
      const open = () => tenancyReads(prisma, cipher, base.viewer, tenants);
      const context: TenancyContext = {
        ...base,
        reads: open(),
        renewReads() {
          context.reads = open();
          return context.reads;
        },
        auditRefusal: (refusal) => auditRefusal({ prisma, newId, clock }, causeOf(base), refusal),
      };
      return context;
    },
  });
}

function startConsuming(all: Parts): Closable {
  const { config, prisma, unitOfWork, tenants, writes, messaging, metrics, log } = all;
  const { clock } = config;
  const parts = { unitOfWork, newId, clock, moveWarmMs: config.moveWarmMs };
  const consumers = [
    statusConsumer(parts),
    subscriptionConsumer(parts),
    catalogConsumer(parts),
    deadLettersConsumer(parts),
  ].map((definition) => messaging.consume(definition));
  const relay = startOutboxRelay({
    connectionString: config.databaseUrl,
    messaging,
    log,
    metrics,
    beforePublish: numberChanges,
  });
  const settling = startSettling({
    prisma,
    tenants,
    writes,
    clock,
    onError: (error) => log.warn({ err: error }, 'could not find out what became of a change of a tenant'),
  });
  const tasks = scheduledTasks({ config, prisma, unitOfWork, newId, clock, log });
  const schedule = startSchedule({ connectionString: config.databaseUrl, tasks, clock, log, metrics });
  return { close: () => closeAll([schedule, ...consumers, relay, settling]) };
}
