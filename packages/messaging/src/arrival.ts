import { createHash, randomUUID } from 'node:crypto';
import { type Envelope, envelope } from '@farutech/contracts/contract';
import { isUuid } from '@farutech/kernel/ids';
import type { JsMsg } from '@nats-io/jetstream';
import { correlationIn } from './headers.ts';

/** A message as it came off the wire: parsed, or as much of it as could be read. */
export interface Arrival {
  /** `undefined` where the message is no envelope. */
  readonly envelope: Envelope | undefined;
  /** The JSON as it arrived; text where it was no JSON. */
  readonly raw: unknown;
  readonly messageId: string;
  readonly aggregateId: string;
  readonly correlationId: string;
  readonly problem: string;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

export function readArrival(message: JsMsg): Arrival {
  const raw = readJson(message.string());
  const parsed = envelope.safeParse(raw);
  if (parsed.success) {
    const { id, aggregateId, correlationId } = parsed.data;
    return { envelope: parsed.data, raw, messageId: id, aggregateId, correlationId, problem: '' };
  }
  // No el número de secuencia: empieza de nuevo cuando el stream se vuelve a crear. El resumen es igual en cada llegada.
  const digest = createHash('sha256').update(message.subject).update(message.data).digest('hex').slice(0, 32);
  const correlation = correlationIn(message.headers);
  return {
    envelope: undefined,
    raw,
    messageId: message.headers?.get('Nats-Msg-Id') || `unreadable-${digest}`,
    aggregateId: 'unreadable',
    correlationId: isUuid(correlation) ? correlation.toLowerCase() : randomUUID(),
    problem: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
  };
}
