import { openMessaging } from '@farutech/messaging/connection';
import { startOutboxRelay } from '@farutech/messaging/outbox-relay';
import { ledgerPruning } from '@farutech/messaging/prune-ledger';
import { createHealth, type Health } from '@farutech/runtime/health';
import type { Logger } from '@farutech/runtime/logger';
import { createMetrics, type Metrics } from '@farutech/runtime/metrics';
import { ConfigurationError } from '@farutech/runtime/production';
import { startSchedule } from '@farutech/schedule/start-schedule';
import type { WorkersConfig } from './config.ts';
import { workers } from './registry.ts';
import type { OpenWorker, Worker } from './worker.ts';

export interface Workers {
  readonly health: Health;
  readonly metrics: Metrics;
  /** Deja terminar lo que está en marcha; lo que llegue vuelve a la cola. */
  close(): Promise<void>;
}

function chosen(name: string): readonly Worker[] {
  const found = name === 'all' ? workers : workers.filter((worker) => worker.name === name);
  if (found.length > 0) return found;
  const known = workers.map((worker) => worker.name).join(', ');
  throw new ConfigurationError(`WORKER: there is no worker ${name}; there are: all, ${known}.`);
}

export async function startWorkers(config: WorkersConfig, log: Logger): Promise<Workers> {
  const opened: { worker: Worker; open: OpenWorker }[] = [];
  const closeOpened = (): Promise<unknown> => Promise.all(opened.map(({ open }) => open.close()));
  try {
    for (const worker of chosen(config.worker)) {
      opened.push({ worker, open: await worker.open(config, log.child({ worker: worker.name })) });
    }
  } catch (error) {
    await closeOpened();
    throw error;
  }

  const metrics = createMetrics('workers');
  const messaging = openMessaging({
    servers: config.natsUrl,
    name: `worker-${config.worker}`,
    log,
    ackWaitMs: config.ackWaitMs,
    metrics,
  });
  const relay = startOutboxRelay({ connectionString: config.databaseUrl, messaging, log, metrics });
  const health = createHealth();
  health.add('nats', () => messaging.check());
  for (const { worker, open } of opened) {
    health.add(worker.name, () => open.check());
    for (const { subject, handle } of open.answers) messaging.reply(subject, handle);
    messaging.consume({
      durable: worker.durable,
      stream: worker.stream,
      filterSubject: worker.subject,
      concurrency: config.concurrency,
      handlers: open.handlers,
    });
  }

  const { databaseUrl: connectionString, pruneCron: cron, outboxKeepDays: outboxDays } = config;
  const schedule = startSchedule({
    connectionString,
    tasks: [
      ledgerPruning({ connectionString, cron, outboxDays }),
      ...opened.flatMap(({ open }) => open.tasks),
    ],
    clock: config.clock,
    log,
    metrics,
  });

  return {
    health,
    metrics,
    async close() {
      // Primero los consumidores: sus últimos hechos salen por el relevo antes de que este pare.
      await Promise.all([messaging.stopConsuming(), schedule.close()]);
      await relay.close();
      await messaging.close();
      await closeOpened();
    },
  };
}
