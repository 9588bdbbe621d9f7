import type { StreamName } from '@farutech/contracts/streams';
import { unreachable } from '@farutech/kernel/unreachable';
import type { JsMsg } from '@nats-io/jetstream';
import type { Arrival } from './arrival.ts';
import type { ConsumerDefinition, DeadLetterReason, Delivery } from './consume.ts';
import { publishDeadLetter } from './dead-letter.ts';
import type { Verdict } from './handle-message.ts';
import type { Link } from './link.ts';
import { databaseRestMs, delayBefore, outOfOrderDelayMs } from './retry-policy.ts';

interface Settlement {
  readonly definition: ConsumerDefinition;
  readonly link: Link;
  readonly message: JsMsg;
  readonly arrival: Arrival;
  readonly delivery: Delivery;
}

async function giveUp(
  { definition, link, message, arrival, delivery }: Settlement,
  stream: Exclude<StreamName, 'DLQ'>,
  reason: DeadLetterReason,
): Promise<void> {
  await definition.onDeadLetter?.(delivery, arrival.raw, reason);
  await publishDeadLetter(link.current(), {
    messageId: arrival.messageId,
    worker: definition.durable,
    stream,
    subject: message.subject,
    aggregateId: arrival.aggregateId,
    correlationId: arrival.correlationId,
    attempts: delivery.attempt,
    code: reason.code,
    reason: reason.message,
    payload: arrival.raw,
    deadLetteredAt: new Date().toISOString(),
  });
  // Sin motivo: el servidor 2.9.10 no entiende term(reason) y volvería a entregar.
  message.term();
}

/** Tells the server what became of the message. Rejects when it could not: then the message comes back. */
export async function settle(settlement: Settlement, verdict: Verdict): Promise<void> {
  const { definition, message, delivery } = settlement;
  switch (verdict.kind) {
    case 'done':
    case 'unhandled':
      // Con confirmación: un ack perdido sería un trabajo hecho dos veces.
      if (!(await message.ackAck())) throw new Error('the server did not confirm the acknowledgement');
      return;
    case 'fenced':
      return;
    case 'early':
      message.nak(outOfOrderDelayMs);
      return;
    case 'later':
      message.nak(verdict.error.delayMs);
      return;
    case 'away':
      message.nak(databaseRestMs);
      return;
    case 'again':
      message.nak(delayBefore(delivery.attempt));
      return;
    case 'dead':
      if (definition.stream !== 'DLQ') return await giveUp(settlement, definition.stream, verdict.reason);
      // Una carta muerta no tiene a dónde ir: se reintenta sin fin lo que puede sanar, y lo ilegible se suelta.
      if (delivery.lastAttempt && settlement.arrival.envelope !== undefined) {
        message.nak(delayBefore(delivery.attempt));
      } else message.term();
      return;
    default:
      return unreachable(verdict);
  }
}
