import type { Envelope } from '@farutech/contracts/contract';
import type { StreamName } from '@farutech/contracts/streams';
import type { Cause } from '@farutech/kernel/request';
import type { z } from 'zod';

/** One arrival of one message. */
export interface Delivery {
  readonly messageId: string;
  readonly correlationId: string;
  readonly traceparent?: string;
  /** From 1. Arrivals that ended in OutOfOrderError are not counted. */
  readonly attempt: number;
  readonly occurredAt: Date;
  /** After this one fails there is no other: the message becomes a dead letter. */
  readonly lastAttempt: boolean;
}

/** What is done with one version of one message. Made by `on`. */
export interface Handler {
  readonly name: string;
  readonly version: number;
  handle(data: unknown, delivery: Delivery): Promise<void>;
}

/** What `on` needs of a contract: any of packages/contracts fits, the dead letter's too. */
export interface Readable<Schema extends z.ZodType> {
  readonly name: string;
  readonly version: number;
  readonly schema: Schema;
}

/**
 * The data that a contract's schema refuses. It cannot get better: the message goes to the dead letters.
 */
export class UnreadableMessageError extends Error {
  override readonly name = 'UnreadableMessageError';
  readonly code = 'MESSAGE_UNREADABLE';
}

/** Another owner has taken over: say nothing and do not acknowledge; the message comes back by itself. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
}

/**
 * For a handler that counts its failures in a journal of its own: the message comes back in `delayMs`, whatever
 * the delivery's count, and never becomes a dead letter because of it.
 */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  constructor(
    readonly delayMs: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The data of a message as its contract gives them. UnreadableMessageError where its schema refuses them. */
export function readData<Schema extends z.ZodType>(
  contract: Readable<Schema>,
  raw: unknown,
): z.output<Schema> {
  const parsed = contract.schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const at = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new UnreadableMessageError(`${contract.name} v${contract.version}: ${at}`);
}

/** Binds a handler to a contract: the handler gets data that has passed the contract's schema. */
export const on = <Schema extends z.ZodType>(
  contract: Readable<Schema>,
  handle: (data: z.output<Schema>, delivery: Delivery) => Promise<void>,
): Handler => ({
  name: contract.name,
  version: contract.version,
  handle: async (raw, delivery) => await handle(readData(contract, raw), delivery),
});

/** What is done with several messages of one aggregate in one go. Made by `together`. */
interface TogetherHandler {
  /** How many at most. */
  readonly most: number;
  /** In the order they came. All or none: where it rejects, nothing of it may remain. */
  handle(
    aggregateId: string,
    messages: readonly { readonly envelope: Envelope; readonly delivery: Delivery }[],
  ): Promise<void>;
}

export interface DeadLetterReason {
  readonly code: string;
  readonly message: string;
}

/**
 * A durable consumer: processes that name the same `durable` share its messages. What handlers throw decides:
 * nothing: acknowledged · OutOfOrderError: back in 200 ms, not counted · PermanentError: dead letter ·
 * what pg or Prisma throw when the database does not answer: kept in hand and tried each second, not counted ·
 * FencedError: silence · RetryLater: back when it says · anything else: again after 0.5, 1, 2, 4 s, the fifth failure is a dead letter.
 */
export interface ConsumerDefinition {
  /** Letters, digits, `-` and `_`. */
  readonly durable: string;
  readonly stream: StreamName;
  /** One subject, wildcards allowed. */
  readonly filterSubject: string;
  /** Messages at work at the same time, of different aggregates. Those of one aggregate go one by one. */
  readonly concurrency: number;
  /**
   * A fact that none of them names is acknowledged and counted. One that they name, in a version that none reads,
   * and an order that none names, become dead letters at once: UNKNOWN_VERSION, UNKNOWN_COMMAND.
   */
  readonly handlers: readonly Handler[];
  /**
   * For those of one aggregate that wait at the same time, when they come for the first time: one transaction
   * instead of one for each. Where it rejects each goes to its own handler, whose error decides.
   */
  readonly together?: TogetherHandler;
  /**
   * Called before the message is given up, with the envelope as it arrived. If it rejects, the message
   * comes back.
   */
  onDeadLetter?(delivery: Delivery, raw: unknown, reason: DeadLetterReason): Promise<void>;
}

export interface RunningConsumer {
  /** Takes no more messages and waits for those at work. */
  close(): Promise<void>;
}

/** The cause that a change made by a consumer remembers. */
export const causeOf = (consumer: string, delivery: Delivery): Cause => ({
  actor: `consumer:${consumer}`,
  correlationId: delivery.correlationId,
  messageId: delivery.messageId,
  ...(delivery.traceparent !== undefined && { traceparent: delivery.traceparent }),
});
