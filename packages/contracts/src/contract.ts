import { z } from 'zod';
import { type StreamName, subjectToken } from './streams.ts';

/**
 * One version of one message: its name, its shape and where it travels. A breaking change is a new version
 * beside the old one, never an edit.
 */
export interface Contract<Schema extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly version: number;
  readonly stream: StreamName;
  readonly schema: Schema;
  /** What order is kept for, and what a dead letter is filed under. */
  aggregateId(data: z.output<Schema>): string;
  subject(data: z.output<Schema>): string;
}

export type DataOf<C extends Contract> = z.output<C['schema']>;

interface Definition<Schema extends z.ZodType> {
  readonly name: string;
  readonly version: number;
  readonly schema: Schema;
  aggregateId(data: z.output<Schema>): string;
}

/** Work for one worker: `farutech.cmd.<worker>.<aggregateId>`. */
export const command = <Schema extends z.ZodType>(
  worker: string,
  definition: Definition<Schema>,
): Contract<Schema> => ({
  ...definition,
  stream: 'CMD',
  subject: (data) => `farutech.cmd.${worker}.${subjectToken(definition.aggregateId(data))}`,
});

/** A fact about one instance on its way: `farutech.status.<instanceId>.<name>`. */
export const statusFact = <Schema extends z.ZodType>(definition: Definition<Schema>): Contract<Schema> => ({
  ...definition,
  stream: 'STATUS',
  subject: (data) => `farutech.status.${subjectToken(definition.aggregateId(data))}.${definition.name}`,
});

/** Any other fact: `farutech.event.<context>.<name>.<aggregateId>`. */
export const fact = <Schema extends z.ZodType>(
  context: string,
  definition: Definition<Schema>,
): Contract<Schema> => ({
  ...definition,
  stream: 'EVENT',
  subject: (data) =>
    `farutech.event.${context}.${definition.name}.${subjectToken(definition.aggregateId(data))}`,
});

/** A message that is to be told once the change that caused it has committed. */
export interface OutgoingEvent {
  readonly contract: Contract;
  readonly data: unknown;
  /** Given where the effect must be recognisable when told twice; else the outbox makes one. */
  readonly messageId?: string;
  /** Given where it goes on with an earlier request; else that of its cause. */
  readonly correlationId?: string;
}

export const tell = <C extends Contract>(contract: C, data: DataOf<C>, messageId?: string): OutgoingEvent =>
  messageId === undefined ? { contract, data } : { contract, data, messageId };

export const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
export const instant = z.iso.datetime({ offset: false });

/** What every message looks like on the wire. Headers repeat id, correlation id and traceparent for tools. */
export const envelope = z.object({
  id: z.string().min(1),
  name: z.string(),
  version: z.int().positive(),
  aggregateId: z.string(),
  correlationId: uuid,
  traceparent: z.string().optional(),
  occurredAt: instant,
  data: z.unknown(),
});
export type Envelope = z.output<typeof envelope>;
