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

/**
 * The same for several messages whose effects happen together. False: one of them at least had been processed
 * before, and the caller's transaction must be given up.
 */
export async function markAllProcessed(
  execute: Execute,
  messages: readonly { readonly consumer: string; readonly messageId: string }[],
  at: Date,
): Promise<boolean> {
  const inserted = await execute(
    `INSERT INTO processed_message (consumer, message_id, processed_at)
     SELECT consumer, "messageId", $2::timestamptz
     FROM jsonb_to_recordset($1::jsonb) AS message (consumer text, "messageId" text)
     ON CONFLICT (consumer, message_id) DO NOTHING`,
    [JSON.stringify(messages), at.toISOString()],
  );
  return inserted === messages.length;
}
