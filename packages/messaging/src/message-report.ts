import type { Arrival } from './arrival.ts';
import type { Delivery } from './consume.ts';
import type { Verdict } from './handle-message.ts';
import type { MessagingLog } from './log.ts';
import type { MessagingMetrics } from './metrics.ts';

/** One log line and two figures for each message. */
export interface MessageReport {
  handled(arrival: Arrival, delivery: Delivery, verdict: Verdict, ms: number, waitedMs: number): void;
  /** The database does not answer; `rests` is how often the message has rested for it before. */
  away(arrival: Arrival, delivery: Delivery, verdict: Verdict, rests: number): void;
  unsettled(arrival: Arrival, delivery: Delivery, verdict: Verdict, error: unknown): void;
}

const texts: Readonly<Record<Verdict['kind'], string>> = {
  done: 'message handled',
  unhandled: 'message without a handler',
  fenced: 'message left to its new owner',
  early: 'message came too early',
  later: 'message failed and comes back when its journal says',
  away: 'message left for when the database answers',
  again: 'message failed and comes back',
  dead: 'message became a dead letter',
};

const round = (ms: number): number => Math.round(ms * 10) / 10;

export function createMessageReport(
  consumer: string,
  log: MessagingLog,
  metrics: MessagingMetrics | undefined,
): MessageReport {
  const total = metrics?.counter('farutech_messages_total', 'Messages that came to a consumer, by outcome.', [
    'consumer',
    'message',
    'outcome',
  ]);
  const seconds = metrics?.histogram('farutech_message_seconds', 'What handling a message took.', [
    'consumer',
    'message',
  ]);
  const fields = (arrival: Arrival, delivery: Delivery, verdict: Verdict): Record<string, unknown> => ({
    consumer,
    message: arrival.envelope?.name ?? 'unreadable',
    messageId: arrival.messageId,
    aggregateId: arrival.aggregateId,
    correlationId: arrival.correlationId,
    attempt: delivery.attempt,
    outcome: verdict.kind,
  });

  return {
    handled(arrival, delivery, verdict, ms, waitedMs) {
      const message = arrival.envelope?.name ?? 'unreadable';
      total?.inc({ consumer, message, outcome: verdict.kind });
      seconds?.observe({ consumer, message }, ms / 1000);
      const line = {
        ...fields(arrival, delivery, verdict),
        ms: round(ms),
        waitedMs: round(waitedMs),
        ...('error' in verdict && { err: verdict.error }),
      };
      const text = texts[verdict.kind];
      if (verdict.kind === 'dead') log.error(line, text);
      else if (['again', 'later', 'away'].includes(verdict.kind)) log.warn(line, text);
      else if (verdict.kind === 'early' || verdict.kind === 'unhandled') log.debug(line, text);
      else log.info(line, text);
    },
    away(arrival, delivery, verdict, rests) {
      total?.inc({ consumer, message: arrival.envelope?.name ?? 'unreadable', outcome: verdict.kind });
      // Una línea por mensaje y no una por segundo: la avería puede durar.
      if (rests > 0) return;
      const err = 'error' in verdict ? verdict.error : undefined;
      log.warn(
        { ...fields(arrival, delivery, verdict), err },
        'the database does not answer; message kept in hand',
      );
    },
    unsettled(arrival, delivery, verdict, error) {
      total?.inc({ consumer, message: arrival.envelope?.name ?? 'unreadable', outcome: 'unsettled' });
      log.error({ ...fields(arrival, delivery, verdict), err: error }, 'message could not be settled');
    },
  };
}
