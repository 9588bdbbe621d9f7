import type { Clock } from '@farutech/kernel/clock';
import { reachOf } from '@farutech/kernel/viewer';
import { openMessaging } from '@farutech/messaging/connection';
import { startOutboxRelay } from '@farutech/messaging/outbox-relay';
import { ledgerPruning } from '@farutech/messaging/prune-ledger';
import type { PrismaClient } from '@farutech/prisma/subscription';
import { createHealth, type Health } from '@farutech/runtime/health';
import type { Logger } from '@farutech/runtime/logger';
import { createMetrics, type Metrics } from '@farutech/runtime/metrics';
import { startSchedule } from '@farutech/schedule/start-schedule';
import { type RunningSubgraph, startSubgraph } from '@farutech/subgraph/start-subgraph';
import { v7 as newId } from 'uuid';
import type { SubscriptionConfig } from './config.ts';
import { catalogFacts } from './consumers/catalog-facts.ts';
import { startDueChanges } from './consumers/due-changes.ts';
import { statusFacts } from './consumers/status-facts.ts';
import { tenancyFacts } from './consumers/tenancy-facts.ts';
import { sha256 } from './digest.ts';
import { causeOf, type SubscriptionContext } from './graphql/context.ts';
import { buildSubscriptionSchema } from './graphql/schema.ts';
import { type LiveAnswers, openLiveAnswers } from './live-answers.ts';
import { auditRefusal } from './persistence/audit-refusal.ts';
import { openDatabaseClock } from './persistence/database-clock.ts';
import { openPrisma } from './persistence/open-prisma.ts';
import { planPreview } from './persistence/queries/plan-preview.ts';
import { planSubscriptionList } from './persistence/queries/plan-subscription-list.ts';
import { subscriptionLoaders } from './persistence/queries/subscription-loaders.ts';
import { readWaitingChanges } from './persistence/queries/waiting-changes.ts';
import { createReaction, createUnitOfWork } from './persistence/unit-of-work.ts';
import { settleNextChange } from './use-cases/settle-next-change.ts';

interface Shared {
  readonly config: SubscriptionConfig;
  readonly prisma: PrismaClient;
  readonly clock: Clock;
  readonly answers: LiveAnswers;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** Todo subscription en un proceso: lo que sirve y, con ROLE consumers o all, lo que escucha y cuenta. */
export async function startSubscription(config: SubscriptionConfig, log: Logger): Promise<RunningSubgraph> {
  const onError = (error: Error): void => log.warn({ err: error }, 'a database connection was lost');
  const prisma = openPrisma({ databaseUrl: config.databaseUrl, onError });
  const health = createHealth();
  health.add('database', async () => {
    await prisma.$queryRaw`SELECT 1`;
  });
  const time = await openDatabaseClock({
    prisma,
    onError: (error) => log.warn({ err: error }, 'PostgreSQL did not tell the time'),
  });
  const metrics = createMetrics('subscription');
  const { databaseUrl } = config;
  const answers = openLiveAnswers({ prisma, databaseUrl, clock: time.now, metrics, log });
  const shared = { config, prisma, clock: time.now, answers, health, metrics, log };
  const talking = config.role === 'api' ? undefined : startTalking(shared);
  const closeBehind = async (): Promise<void> => {
    await Promise.all([answers.close(), talking?.close()]);
    time.close();
    await prisma.$disconnect();
  };
  try {
    const server = await serve(shared);
    return {
      url: server.url,
      wsUrl: server.wsUrl,
      async close() {
        await server.close();
        await closeBehind();
      },
    };
  } catch (error) {
    await closeBehind();
    throw error;
  }
}

/** También con ROLE=consumers: ahí nadie encamina peticiones a su puerto, pero la salud se pregunta en él. */
async function serve({
  config,
  prisma,
  clock,
  answers,
  health,
  metrics,
  log,
}: Shared): Promise<RunningSubgraph> {
  const writing = { prisma, newId, clock };
  const parts = { unitOfWork: createUnitOfWork(writing), newId, clock };
  const { schema } = await buildSubscriptionSchema(answers);
  return await startSubgraph<SubscriptionContext>({
    name: 'subscription',
    schema,
    host: config.host,
    port: config.port,
    internalTokenSecret: config.internalTokenSecret,
    health,
    metrics,
    log,
    createContext(base) {
      const reach = reachOf(base.viewer);
      return {
        ...base,
        reach,
        loaders: subscriptionLoaders(prisma, reach, clock),
        list: planSubscriptionList(prisma, reach, clock),
        previewPlan: planPreview(prisma, clock, sha256),
        parts,
        digest: sha256,
        auditRefusal: (refusal) => auditRefusal(writing, causeOf(base), refusal),
      };
    },
  });
}

function startTalking({ config, prisma, clock, health, metrics, log }: Shared): { close(): Promise<void> } {
  const messaging = openMessaging({
    servers: config.natsUrl,
    name: 'subscription',
    ackWaitMs: config.ackWaitMs,
    log,
    metrics,
  });
  // En `all` se dice y no quita de servicio: aceptar una mutación solo necesita PostgreSQL, y el buzón espera.
  health.add('nats', () => messaging.check(), { required: config.role === 'consumers' });
  const reacting = {
    react: createReaction({ prisma, newId, clock }),
    newId,
    clock,
  };
  for (const facts of [catalogFacts, tenancyFacts, statusFacts]) messaging.consume(facts(reacting));
  const { databaseUrl: connectionString, outboxKeepDays: outboxDays, pruneCron: cron } = config;
  const relay = startOutboxRelay({ connectionString, messaging, log, metrics });
  const unitOfWork = createUnitOfWork({ prisma, newId, clock });
  const dueChanges = startDueChanges({
    look: () => readWaitingChanges(prisma),
    settleNext: (now, except) => settleNextChange({ unitOfWork, newId }, now, except),
    log,
  });
  const tasks = [ledgerPruning({ connectionString, cron, outboxDays })];
  // El reloj del proceso y no el de PostgreSQL: FARUTECH_CLOCK vale para lo que se hace por horario.
  const schedule = startSchedule({ connectionString, tasks, clock: config.clock, log, metrics });
  return {
    async close() {
      await Promise.all([schedule.close(), dueChanges.close(), messaging.stopConsuming()]);
      // Con todos los que escriben parados, el buzón queda vacío.
      await relay.close();
      await messaging.close();
    },
  };
}
