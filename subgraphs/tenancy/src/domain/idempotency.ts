import { invalid } from '@farutech/kernel/errors';
import type { Cause, IdempotencyClaim } from '@farutech/kernel/request';

const printable = /^[\x20-\x7e]{1,128}$/;

/** Lo que una mutación reclama con su clave; `undefined` cuando el cliente no dio ninguna. */
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
