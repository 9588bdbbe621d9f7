import { OutOfOrderError, PermanentError } from '@farutech/kernel/errors';
import type { Arrival } from './arrival.ts';
import {
  type DeadLetterReason,
  type Delivery,
  FencedError,
  type Handler,
  RetryLater,
  UnreadableMessageError,
} from './consume.ts';
import { isDatabaseAway } from './database-away.ts';

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

/** Gives the message to its handler and says what follows. Knows no NATS. */
export async function handleMessage(
  handlers: readonly Handler[],
  arrival: Arrival,
  delivery: Delivery,
): Promise<Verdict> {
  const message = arrival.envelope;
  if (message === undefined) {
    return judge(new UnreadableMessageError(`not an envelope: ${arrival.problem}`), delivery);
  }
  const handler = handlers.find((one) => one.name === message.name && one.version === message.version);
  if (handler === undefined) return { kind: 'unhandled' };
  try {
    await handler.handle(message.data, delivery);
    return { kind: 'done' };
  } catch (error) {
    return judge(error, delivery);
  }
}
