import type { OutgoingEvent } from '@farutech/contracts/contract';
import type { NewId } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';

/**
 * Runs one statement inside the caller's transaction and says how many rows it touched. Over Prisma:
 * `(sql, params) => tx.$executeRawUnsafe(sql, ...params)`; over pg: `async (sql, params) => (await
 * client.query(sql, [...params])).rowCount ?? 0`. Parameters are texts, numbers and null only.
 */
export type Execute = (sql: string, params: readonly unknown[]) => Promise<number>;

/** One message as the outbox keeps it. */
export interface OutboxRecord {
  readonly message_id: string;
  readonly subject: string;
  readonly aggregate_id: string;
  readonly name: string;
  readonly version: number;
  readonly data: unknown;
  readonly correlation_id: string;
  readonly traceparent: string | null;
  readonly occurred_at: string;
}

/** What is to be told, in the form of `insertOutbox`. The data must pass its contract: no consumer would refuse it. */
export const outboxRecords = (
  newId: NewId,
  cause: Cause,
  at: Date,
  events: readonly OutgoingEvent[],
): readonly OutboxRecord[] =>
  events.map(({ contract, data, messageId, correlationId }) => {
    const parsed = contract.schema.parse(data);
    return {
      message_id: messageId ?? newId(),
      subject: contract.subject(parsed),
      aggregate_id: contract.aggregateId(parsed),
      name: contract.name,
      version: contract.version,
      data: parsed,
      correlation_id: correlationId ?? cause.correlationId,
      traceparent: cause.traceparent ?? null,
      occurred_at: at.toISOString(),
    };
  });

/**
 * The statement that writes `OutboxRecord`s, given as one JSON parameter; `also` are other tables of its FROM, when it
 * is a part of a bigger statement. One statement: the ids come in the order of the records and the bell rings once.
 */
export const insertOutbox = (parameter: string, also = ''): string =>
  `INSERT INTO outbox (message_id, subject, aggregate_id, name, version, data, correlation_id, traceparent, occurred_at)
   SELECT message_id, subject, aggregate_id, name, version, data, correlation_id, traceparent, occurred_at
   FROM ${also} ROWS FROM (jsonb_to_recordset(${parameter}::jsonb) AS (message_id text, subject text, aggregate_id text,
     name text, version int, data jsonb, correlation_id uuid, traceparent text, occurred_at timestamptz))
     WITH ORDINALITY AS told (message_id, subject, aggregate_id, name, version, data, correlation_id, traceparent,
     occurred_at, ord) ORDER BY ord`;

/**
 * Writes what is to be told into the outbox, in the transaction of the change. A message id that is there already
 * fails the transaction: one id stands for one message.
 */
export async function writeRecords(execute: Execute, records: readonly OutboxRecord[]): Promise<void> {
  if (records.length > 0) await execute(insertOutbox('$1'), [JSON.stringify(records)]);
}

/** The same for what one cause has brought about. */
export async function writeOutbox(
  execute: Execute,
  newId: NewId,
  cause: Cause,
  at: Date,
  events: readonly OutgoingEvent[],
): Promise<void> {
  await writeRecords(execute, outboxRecords(newId, cause, at, events));
}
