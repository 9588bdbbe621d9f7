import type { OutgoingEvent } from '@farutech/contracts/contract';
import type { NewId } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';

/**
 * Runs one statement inside the caller's transaction and says how many rows it touched. Over Prisma:
 * `(sql, params) => tx.$executeRawUnsafe(sql, ...params)`; over pg: `async (sql, params) => (await
 * client.query(sql, [...params])).rowCount ?? 0`. Parameters are texts, numbers and null only.
 */
export type Execute = (sql: string, params: readonly unknown[]) => Promise<number>;

const columns = 9;
/** PostgreSQL admite 65.535 parámetros por sentencia; 500 filas quedan muy por debajo. */
const rowsPerStatement = 500;

const rowTemplate = (row: number): string => {
  const at = (column: number): string => `$${row * columns + column}`;
  return `(${at(1)}, ${at(2)}, ${at(3)}, ${at(4)}, ${at(5)}::int, ${at(6)}::jsonb, ${at(7)}::uuid, ${at(8)}, ${at(9)}::timestamptz)`;
};

/**
 * Writes what is to be told into the outbox, in the transaction of the change. The data must pass its
 * contract, so that nothing leaves that a consumer would refuse. A message id that is there already fails
 * the transaction: one id stands for one message.
 */
export async function writeOutbox(
  execute: Execute,
  newId: NewId,
  cause: Cause,
  at: Date,
  events: readonly OutgoingEvent[],
): Promise<void> {
  const rows = events.map(({ contract, data, messageId }) => {
    const parsed = contract.schema.parse(data);
    return [
      messageId ?? newId(),
      contract.subject(parsed),
      contract.aggregateId(parsed),
      contract.name,
      contract.version,
      JSON.stringify(parsed),
      cause.correlationId,
      cause.traceparent ?? null,
      at.toISOString(),
    ];
  });
  for (let from = 0; from < rows.length; from += rowsPerStatement) {
    const part = rows.slice(from, from + rowsPerStatement);
    // Una sola sentencia: los id salen en el orden de los hechos y el disparador avisa una vez.
    await execute(
      `INSERT INTO outbox (message_id, subject, aggregate_id, name, version, data, correlation_id, traceparent, occurred_at)
       VALUES ${part.map((_, index) => rowTemplate(index)).join(', ')}`,
      part.flat(),
    );
  }
}
