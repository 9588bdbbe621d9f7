import { invalid } from './errors.ts';
import type { Cause, IdempotencyClaim } from './request.ts';

const printable = /^[\x20-\x7e]{1,128}$/;

/**
 * What a mutation claims with its `idempotencyKey`: 1–128 printable ASCII characters, else VALIDATION_FAILED on
 * that field. `undefined` when the client gave none.
 */
export function claimOf(
  mutation: string,
  cause: Cause,
  key: string | null | undefined,
  input: unknown,
): IdempotencyClaim | undefined {
  if (key === null || key === undefined) return undefined;
  if (!printable.test(key)) {
    throw invalid('idempotencyKey', 'idempotencyKey must have 1 to 128 printable ASCII characters.');
  }
  return { viewer: cause.actor, mutation, key, input };
}
