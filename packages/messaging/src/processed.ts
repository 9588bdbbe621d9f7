import type { Execute } from './outbox.ts';

/**
 * Marks a message as processed in the transaction of its effect. False: it had been processed before, and
 * the effect must not happen again. While another transaction marks the same message, this one waits for it.
 */
export async function markProcessed(
  execute: Execute,
  consumer: string,
  messageId: string,
  at: Date,
): Promise<boolean> {
  const inserted = await execute(
    `INSERT INTO processed_message (consumer, message_id, processed_at) VALUES ($1, $2, $3::timestamptz)
     ON CONFLICT (consumer, message_id) DO NOTHING`,
    [consumer, messageId, at.toISOString()],
  );
  return inserted === 1;
}
