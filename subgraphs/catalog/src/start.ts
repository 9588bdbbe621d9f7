import { openMessaging } from '@farutech/messaging/connection';
import { startOutboxRelay } from '@farutech/messaging/outbox-relay';
import { ledgerPruning } from '@farutech/messaging/prune-ledger';
import type { PrismaClient } from '@farutech/prisma/catalog';
import { createHealth, type Health } from '@farutech/runtime/health';
import type { Logger } from '@farutech/runtime/logger';
import { createMetrics, type Metrics } from '@farutech/runtime/metrics';
import { startSchedule } from '@farutech/schedule/start-schedule';
import { type RunningSubgraph, startSubgraph } from '@farutech/subgraph/start-subgraph';
import { v7 as newId } from 'uuid';
import type { CatalogConfig } from './config.ts';
import { answerPlanLookup } from './consumers/plan-lookup.ts';
import { type CatalogContext, causeOf } from './graphql/context.ts';
import { buildCatalogSchema } from './graphql/schema.ts';
import { auditRefusal } from './persistence/audit-refusal.ts';
import { openPrisma } from './persistence/open-prisma.ts';
import { catalogLoaders } from './persistence/queries/catalog-loaders.ts';
import { catalogQueries } from './persistence/queries/catalog-queries.ts';
import { lookUpPlan } from './persistence/queries/plan-lookup.ts';
import { unitOfWork } from './persistence/unit-of-work.ts';

interface Shared {
  readonly config: CatalogConfig;
  readonly prisma: PrismaClient;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** Todo el catálogo en un proceso: lo que sirve y, con ROLE consumers o all, lo que cuenta. */
export async function startCatalog(config: CatalogConfig, log: Logger): Promise<RunningSubgraph> {
  const onError = (error: Error): void => log.warn({ err: error }, 'a database connection was lost');
  const prisma = openPrisma({ databaseUrl: config.databaseUrl, onError });
  const health = createHealth();
  health.add('database', async () => {
    await prisma.$queryRaw`SELECT 1`;
  });
  const shared = { config, prisma, health, metrics: createMetrics('catalog'), log };
  const telling = config.role === 'api' ? undefined : startTelling(shared);
  try {
    const server = await serve(shared);
    return {
      url: server.url,
      wsUrl: server.wsUrl,
      async close() {
        await server.close();
        await telling?.close();
        await prisma.$disconnect();
      },
    };
  } catch (error) {
    await telling?.close();
    await prisma.$disconnect();
    throw error;
  }
}

/** También con ROLE=consumers: ahí nadie encamina peticiones a su puerto, pero la salud se pregunta en él. */
async function serve({ config, prisma, health, metrics, log }: Shared): Promise<RunningSubgraph> {
  const { clock } = config;
  const writing = { prisma, newId, clock };
  const { schema } = await buildCatalogSchema({
    unitOfWork: unitOfWork(writing),
    newId,
    clock,
    queries: catalogQueries(prisma),
  });
  return await startSubgraph<CatalogContext>({
    name: 'catalog',
    schema,
    host: config.host,
    port: config.port,
    internalTokenSecret: config.internalTokenSecret,
    health,
    metrics,
    log,
    createContext: (base) => ({
      ...base,
      loaders: catalogLoaders(prisma),
      auditRefusal: (refusal) => auditRefusal(writing, causeOf(base), refusal),
    }),
  });
}

function startTelling({ config, prisma, health, metrics, log }: Shared): { close(): Promise<void> } {
  const messaging = openMessaging({
    servers: config.natsUrl,
    name: 'catalog',
    ackWaitMs: config.ackWaitMs,
    log,
    metrics,
  });
  // En `all` se dice y no quita de servicio: aceptar una mutación solo necesita PostgreSQL, y el buzón espera.
  health.add('nats', () => messaging.check(), { required: config.role === 'consumers' });
  answerPlanLookup(messaging, lookUpPlan(prisma));
  const { databaseUrl: connectionString, clock, outboxKeepDays: outboxDays, pruneCron: cron } = config;
  const relay = startOutboxRelay({ connectionString, messaging, log, metrics });
  const tasks = [ledgerPruning({ connectionString, cron, outboxDays })];
  const schedule = startSchedule({ connectionString, tasks, clock, log, metrics });
  return {
    async close() {
      await schedule.close();
      await relay.close();
      await messaging.close();
    },
  };
}
