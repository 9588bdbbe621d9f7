import { type Envelope, envelope } from '@farutech/contracts/contract';
import type { PoolClient } from 'pg';
import { z } from 'zod';

export const batchSize = 200;

/** One message of the outbox, as it will travel. */
export interface OutboxRow {
  readonly id: string;
  readonly subject: string;
  readonly envelope: Envelope;
}

const row = z.object({
  id: z.string(),
  subject: z.string(),
  message_id: z.string(),
  aggregate_id: z.string(),
  name: z.string(),
  version: z.number(),
  data: z.unknown(),
  correlation_id: z.string(),
  traceparent: z.string().nullable(),
  occurred_at: z.date(),
});

/** The oldest unsent rows, in the order of their ids. */
export async function readBatch(client: PoolClient): Promise<readonly OutboxRow[]> {
  // `ORDER BY id` a secas ordenaría la columna de salida, que es texto: 10 antes que 2.
  const result = await client.query({
    // Con nombre se planea una vez por conexión: planearla costaba más que leer las dos o tres filas de una ronda.
    name: 'outbox-batch',
    text: `SELECT id::text, subject, message_id, aggregate_id, name, version, data, correlation_id, traceparent, occurred_at
           FROM outbox WHERE sent_at IS NULL ORDER BY outbox.id LIMIT ${batchSize}`,
  });
  const rows = z.array(row).parse(result.rows);
  return rows.map((one) => ({
    id: one.id,
    subject: one.subject,
    envelope: envelope.parse({
      id: one.message_id,
      name: one.name,
      version: one.version,
      aggregateId: one.aggregate_id,
      correlationId: one.correlation_id,
      ...(one.traceparent !== null && { traceparent: one.traceparent }),
      occurredAt: one.occurred_at.toISOString(),
      data: one.data,
    }),
  }));
}

export function groupByAggregate(rows: readonly OutboxRow[]): readonly (readonly OutboxRow[])[] {
  const groups = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    const group = groups.get(row.envelope.aggregateId);
    if (group === undefined) groups.set(row.envelope.aggregateId, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

/** Only what JetStream has confirmed. */
export async function markSent(client: PoolClient, ids: readonly string[]): Promise<void> {
  await client.query({
    name: 'outbox-sent',
    text: 'UPDATE outbox SET sent_at = now() WHERE id = ANY($1::bigint[])',
    values: [ids],
  });
}
