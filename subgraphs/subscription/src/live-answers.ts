import type { Clock } from '@farutech/kernel/clock';
import { openDatabaseBell } from '@farutech/messaging/database-bell';
import { createLiveState, type LiveState } from '@farutech/messaging/live-state';
import type { PrismaClient } from '@farutech/prisma/subscription';
import type { Logger } from '@farutech/runtime/logger';
import type { Metrics } from '@farutech/runtime/metrics';
import { sha256 } from './digest.ts';
import { nothingKnown } from './domain/entitlement.ts';
import { answersFrom, nextChangeAt } from './domain/next-change.ts';
import { answerSource, type KnownEntitlement } from './persistence/answer-source.ts';

export type LiveAnswers = LiveState<string, KnownEntitlement>;

interface Parts {
  readonly prisma: PrismaClient;
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/**
 * Lo que este proceso cuenta en vivo de lo que cada instancia puede usar. El timbre es de PostgreSQL y no de NATS:
 * suena al confirmar, sin pasar por el buzón, y lo que decide la respuesta está en la misma base.
 */
export function openLiveAnswers({ prisma, databaseUrl, clock, metrics, log }: Parts): LiveAnswers {
  const healed = metrics.counter(
    'farutech_live_healed_total',
    'States that the net found changed in PostgreSQL and the bell had not told. Alert when it grows.',
    ['feed'],
  );
  const answers = createLiveState<string, KnownEntitlement>({
    source: answerSource(prisma, clock),
    see(known, at) {
      const entitlement = known?.entitlement ?? nothingKnown;
      return { mark: sha256(answersFrom(entitlement, at)), until: nextChangeAt(entitlement, at) };
    },
    clock,
    log,
    onHealed: (states) => healed.inc({ feed: 'answers' }, states),
  });
  metrics.gauge('farutech_live_listeners', 'Subscriptions open now.', ['feed'], function collect() {
    this.set({ feed: 'answers' }, answers.listeners);
  });

  const bell = openDatabaseBell({
    connectionString: databaseUrl,
    channel: 'answers',
    log,
    ring(payload) {
      const [kind, id] = payload?.split(':') ?? [];
      if (id === undefined) void answers.heal();
      else if (kind === 'instance') answers.tell(id);
      else answers.tellWhere((known) => known?.productId === id);
    },
  });

  return {
    ...answers,
    get listeners() {
      return answers.listeners;
    },
    async close() {
      await bell.close();
      await answers.close();
    },
  };
}
