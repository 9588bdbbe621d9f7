import { tenantInstanceStatusChanged } from '@farutech/contracts/tenancy';
import type { Messaging } from '@farutech/messaging/connection';
import { on } from '@farutech/messaging/consume';
import { createLiveFeed, type LiveFeed } from '@farutech/messaging/live-feed';
import type { Logger } from '@farutech/runtime/logger';
import type { Metrics } from '@farutech/runtime/metrics';
import type { StatusEntry } from './domain/tenant-instance.ts';
import {
  type AllChanges,
  type ChangeEntry,
  changesSource,
  statusSource,
} from './persistence/feed-sources.ts';
import type { TenancyPrisma } from './persistence/open-prisma.ts';

export interface TenancyFeeds {
  readonly status: LiveFeed<string, StatusEntry>;
  readonly changes: LiveFeed<AllChanges, ChangeEntry>;
  close(): Promise<void>;
}

interface Parts {
  readonly prisma: TenancyPrisma;
  readonly messaging: Messaging;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** Lo que este proceso reparte en vivo: un solo oído en STATUS para todos los suscriptores, y PostgreSQL detrás. */
export function openFeeds({ prisma, messaging, metrics, log }: Parts): TenancyFeeds {
  const healed = metrics.counter(
    'farutech_live_healed_total',
    'Entries that the net found in PostgreSQL and the bell had not told. Alert when it grows while NATS is up.',
    ['feed'],
  );
  const status = createLiveFeed({
    source: statusSource(prisma),
    log,
    onHealed: (entries) => healed.inc({ feed: 'status' }, entries),
  });
  const changes = createLiveFeed({
    source: changesSource(prisma),
    log,
    onHealed: (entries) => healed.inc({ feed: 'changes' }, entries),
  });
  metrics.gauge('farutech_live_listeners', 'Subscriptions open now.', ['feed'], function collect() {
    this.set({ feed: 'status' }, status.listeners);
    this.set({ feed: 'changes' }, changes.listeners);
  });

  const bell = messaging.follow({
    stream: 'STATUS',
    filterSubject: `farutech.status.*.${tenantInstanceStatusChanged.name}`,
    handlers: [
      on(tenantInstanceStatusChanged, async (entry) => {
        status.tell(entry.instanceId, entry);
        // El número del cambio lo pone el repetidor antes de publicar: la fila ya lo tiene.
        if (entry.statusChanged) changes.ring('all');
      }),
    ],
    onGap: async () => {
      await Promise.all([status.heal(), changes.heal()]);
    },
  });

  return {
    status,
    changes,
    async close() {
      await Promise.all([bell.close(), status.close(), changes.close()]);
    },
  };
}
