import type pg from 'pg';
import { visitDatabase } from './visit-database.ts';

const dayMs = 86_400_000;
const batch = 5_000;
/** Un día más de lo que EVENT, el stream que más guarda de los que se procesan así, conserva un mensaje. */
const processedDays = 31;
const idempotencyMs = 24 * 3_600_000;

export interface LedgerKeep {
  /** Sent rows of the outbox stay this long: whoever lost them can still be told again. */
  readonly outboxDays: number;
}

interface Sweeping {
  readonly table: string;
  readonly where: string;
  readonly before: Date;
}

/**
 * Deletes what nobody asks for any more: rows of the outbox sent more than `outboxDays` ago, marks of processed
 * messages older than 31 days (no stream that they come from keeps one so long), idempotency keys of more than
 * 24 h. In batches, each a transaction of its own; `signal` ends it after the one that is under way. Says what it
 * deleted.
 */
export async function pruneLedger(
  connectionString: string,
  { outboxDays }: LedgerKeep,
  at: Date,
  signal: AbortSignal,
): Promise<string> {
  const before = (ms: number): Date => new Date(at.getTime() - ms);
  const sweepings: readonly Sweeping[] = [
    { table: 'outbox', where: 'sent_at < $1', before: before(outboxDays * dayMs) },
    { table: 'processed_message', where: 'processed_at < $1', before: before(processedDays * dayMs) },
    { table: 'idempotency_key', where: 'created_at < $1', before: before(idempotencyMs) },
  ];
  return await visitDatabase(connectionString, 'prune', async (client) => {
    const deleted: string[] = [];
    for (const sweeping of sweepings) {
      deleted.push(`${sweeping.table} ${await deleteOld(client, sweeping, signal)}`);
    }
    return `rows deleted: ${deleted.join(', ')}`;
  });
}

interface PruningOptions extends LedgerKeep {
  readonly connectionString: string;
  readonly cron: string;
}

/** `pruneLedger` as a scheduled task, for an owner that has nothing else to prune. */
export const ledgerPruning = ({ connectionString, cron, outboxDays }: PruningOptions) => ({
  name: 'prune',
  cron,
  summary: 'deletes what nobody asks for any more: old outbox rows, marks and keys',
  run: (at: Date, signal: AbortSignal): Promise<string> =>
    pruneLedger(connectionString, { outboxDays }, at, signal),
});

async function deleteOld(
  client: pg.Client,
  { table, where, before }: Sweeping,
  signal: AbortSignal,
): Promise<number> {
  let deleted = 0;
  while (!signal.aborted) {
    // Por su sitio en disco: lo viejo está delante, y así vale la misma sentencia sea cual sea la clave.
    const { rowCount } = await client.query(
      `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${where} LIMIT ${batch}))`,
      [before],
    );
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < batch) break;
  }
  return deleted;
}
