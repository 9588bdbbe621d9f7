import { createHash } from 'node:crypto';
import { DomainError, invalid } from '@farutech/kernel/errors';
import type { IdempotencyClaim } from '@farutech/kernel/request';
import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import type { Execute } from './outbox.ts';

/** Like `Execute`, for a statement that gives rows: `tx.$queryRawUnsafe(sql, ...params)`, or pg's `rows`. */
export type Query = (sql: string, params: readonly unknown[]) => Promise<readonly unknown[]>;

const rememberedMs = 24 * 3_600_000;
const printable = /^[\x20-\x7e]{1,128}$/;

export type ClaimOutcome = { readonly known: false } | { readonly known: true; readonly resultId: string };

/** 1–128 printable ASCII characters, else VALIDATION_FAILED on `field`. */
export function parseIdempotencyKey(raw: string, field: string): string {
  if (!printable.test(raw)) throw invalid(field, `${field} must have 1 to 128 printable ASCII characters.`);
  return raw;
}

const hashOf = (input: unknown): string => createHash('sha256').update(canonicalJson(input)).digest('hex');

const stored = z.tuple([z.object({ input_hash: z.string(), result_id: z.string().nullable() })]);

/**
 * Takes the key for this transaction. Another transaction that holds it is waited for. `known` gives the
 * answer of the first request again; another input is IDEMPOTENCY_KEY_REUSED. A key of more than 24 h ago
 * counts as new. READ COMMITTED is needed (PostgreSQL's default), so that the other's answer is seen.
 */
export async function claimIdempotencyKey(
  query: Query,
  claim: IdempotencyClaim,
  at: Date,
): Promise<ClaimOutcome> {
  const hash = hashOf(claim.input);
  const taken = await query(
    `INSERT INTO idempotency_key AS held (viewer, mutation, key, input_hash, result_id, created_at)
     VALUES ($1, $2, $3, $4, NULL, $5::timestamptz)
     ON CONFLICT (viewer, mutation, key) DO UPDATE
       SET input_hash = EXCLUDED.input_hash, result_id = NULL, created_at = EXCLUDED.created_at
       WHERE held.created_at < $6::timestamptz
     RETURNING held.key`,
    [
      claim.viewer,
      claim.mutation,
      claim.key,
      hash,
      at.toISOString(),
      new Date(at.getTime() - rememberedMs).toISOString(),
    ],
  );
  if (taken.length > 0) return { known: false };

  const rows = await query(
    'SELECT input_hash, result_id FROM idempotency_key WHERE viewer = $1 AND mutation = $2 AND key = $3',
    [claim.viewer, claim.mutation, claim.key],
  );
  const [first] = stored.parse(rows);
  if (first.input_hash !== hash) {
    throw new DomainError(
      'IDEMPOTENCY_KEY_REUSED',
      'This idempotency key stands for another request.',
      'idempotencyKey',
    );
  }
  if (first.result_id === null) {
    // Reclamar y recordar van en una transacción: una clave visible sin resultado es un error nuestro.
    throw new TypeError(`la mutación ${claim.mutation} reclamó una clave y no recordó su resultado`);
  }
  return { known: true, resultId: first.result_id };
}

/** Keeps the answer under the claimed key, in the same transaction as the claim. */
export async function rememberResult(
  execute: Execute,
  claim: IdempotencyClaim,
  resultId: string,
): Promise<void> {
  await execute(
    'UPDATE idempotency_key SET result_id = $4 WHERE viewer = $1 AND mutation = $2 AND key = $3',
    [claim.viewer, claim.mutation, claim.key, resultId],
  );
}
