import { z } from 'zod';
import { type Envelope, instant, type OutgoingEvent, uuid } from './contract.ts';

/**
 * A message that its consumer gave up on, with the message itself, so that it can be read, replayed or
 * discarded. It travels alone in the DLQ stream under `farutech.dlq.<stream>.<aggregateId>.<messageId>`.
 */
export const messageDeadLettered = {
  name: 'MessageDeadLettered',
  version: 1,
  schema: z.object({
    messageId: z.string(),
    /** The durable name of the consumer that gave up. */
    worker: z.string(),
    stream: z.enum(['CMD', 'STATUS', 'EVENT']),
    subject: z.string(),
    aggregateId: z.string(),
    correlationId: uuid,
    attempts: z.int().positive(),
    code: z.string(),
    reason: z.string(),
    /** The envelope as it arrived; text where it was no JSON. */
    payload: z.unknown(),
    deadLetteredAt: instant,
  }),
} as const;
export type MessageDeadLettered = z.output<typeof messageDeadLettered.schema>;

type Route = Pick<MessageDeadLettered, 'stream' | 'subject' | 'aggregateId' | 'correlationId'>;

/**
 * The message of a letter once more, on the subject and with the data that it had. The id must be new: JetStream
 * swallows the old one. Whoever takes it reads it with its own contract, which need not be known here.
 */
export const tellAsItWas = (
  { stream, subject, aggregateId, correlationId }: Route,
  { name, version, data }: Pick<Envelope, 'name' | 'version' | 'data'>,
  messageId: string,
): OutgoingEvent => ({
  contract: {
    name,
    version,
    stream,
    schema: z.unknown(),
    aggregateId: () => aggregateId,
    subject: () => subject,
  },
  data,
  messageId,
  correlationId,
});
