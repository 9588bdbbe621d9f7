import type { NewId } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import type { Execute } from './outbox.ts';

/** One line of the audit trail. `detail` is for a person; it may hold `Secret`s, which print as [REDACTED]. */
export interface AuditRecord {
  /** The mutation, or the reaction to a fact. */
  readonly action: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly outcome: 'ACCEPTED' | 'REFUSED';
  /** Of the refusal. */
  readonly code?: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Writes the audit line: in the transaction of the change, or for a refusal in one of its own. */
export async function writeAudit(
  execute: Execute,
  newId: NewId,
  cause: Cause,
  at: Date,
  record: AuditRecord,
): Promise<void> {
  await execute(
    `INSERT INTO audit_entry (id, at, actor, action, entity_type, entity_id, correlation_id, outcome, code, detail)
     VALUES ($1::uuid, $2::timestamptz, $3, $4, $5, $6, $7::uuid, $8, $9, $10::jsonb)`,
    [
      newId(),
      at.toISOString(),
      cause.actor,
      record.action,
      record.entityType,
      record.entityId,
      cause.correlationId,
      record.outcome,
      record.code ?? null,
      JSON.stringify(record.detail),
    ],
  );
}
