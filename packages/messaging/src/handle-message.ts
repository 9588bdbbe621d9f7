import type { Envelope } from '@farutech/contracts/contract';
import { OutOfOrderError, PermanentError } from '@farutech/kernel/errors';
import type { Arrival } from './arrival.ts';
import {
  type ConsumerDefinition,
  type DeadLetterReason,
  type Delivery,
  FencedError,
  RetryLater,
  UnreadableMessageError,
} from './consume.ts';
import { isDatabaseAway } from './database-away.ts';
import { unknownLetterRestMs } from './retry-policy.ts';

type Reader = Pick<ConsumerDefinition, 'handlers' | 'stream'>;

/** What is to become of a message. */
export type Verdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'unhandled' }
  | { readonly kind: 'fenced' }
  | { readonly kind: 'early'; readonly error: Error }
  | { readonly kind: 'later'; readonly error: RetryLater }
  /** The database does not answer: it says nothing about the message. */
  | { readonly kind: 'away'; readonly error: unknown }
  | { readonly kind: 'again'; readonly error: unknown }
  | { readonly kind: 'dead'; readonly error: unknown; readonly reason: DeadLetterReason };

function reasonOf(error: unknown): DeadLetterReason {
  if (!(error instanceof Error)) return { code: 'INTERNAL', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'INTERNAL';
  return { code, message: error.message };
}

function judge(error: unknown, delivery: Delivery): Verdict {
  if (error instanceof FencedError) return { kind: 'fenced' };
  if (error instanceof OutOfOrderError) return { kind: 'early', error };
  if (error instanceof RetryLater) return { kind: 'later', error };
  if (isDatabaseAway(error)) return { kind: 'away', error };
  const hopeless = error instanceof PermanentError || error instanceof UnreadableMessageError;
  if (hopeless || delivery.lastAttempt) return { kind: 'dead', error, reason: reasonOf(error) };
  return { kind: 'again', error };
}

/**
 * El hecho por el que aquí nadie pregunta no es cosa de este consumidor. Aquel por el que sí, en una versión que aún
 * no lee, y una orden, que no tiene otro que la tome, se perderían si se dieran por leídos.
 */
function withoutHandler({ handlers, stream }: Reader, { name, version }: Envelope): Error | undefined {
  const read = handlers.filter((one) => one.name === name).map((one) => `v${one.version}`);
  if (read.length > 0) {
    const message = `${name} v${version}: only ${read.join(', ')} can be read here.`;
    // Una carta muerta no tiene a dónde ir: espera al proceso que la sepa leer.
    if (stream === 'DLQ') return new RetryLater(unknownLetterRestMs, message);
    return new PermanentError('UNKNOWN_VERSION', message);
  }
  return stream === 'CMD' ? new PermanentError('UNKNOWN_COMMAND', `${name}: no such order here.`) : undefined;
}

/** Gives the message to its handler and says what follows. Knows no NATS. */
export async function handleMessage(reader: Reader, arrival: Arrival, delivery: Delivery): Promise<Verdict> {
  const message = arrival.envelope;
  if (message === undefined) {
    return judge(new UnreadableMessageError(`not an envelope: ${arrival.problem}`), delivery);
  }
  const handler = reader.handlers.find((one) => one.name === message.name && one.version === message.version);
  if (handler === undefined) {
    const error = withoutHandler(reader, message);
    return error === undefined ? { kind: 'unhandled' } : judge(error, delivery);
  }
  try {
    await handler.handle(message.data, delivery);
    return { kind: 'done' };
  } catch (error) {
    return judge(error, delivery);
  }
}
