import { z } from 'zod';
import { instant, uuid } from './contract.ts';

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
