import type { IdempotencyClaim } from '@farutech/kernel/request';
import type { Change, Claims } from '../domain/ports.ts';

/** Con la misma clave y lo mismo pedido, la primera respuesta otra vez; sin clave, se hace y ya está. */
export async function once(
  claims: Claims,
  claim: IdempotencyClaim | undefined,
  now: Date,
  work: () => Promise<Change<string>>,
): Promise<Change<string>> {
  if (claim === undefined) return await work();
  const answered = await claims.take(claim, now);
  if (answered !== null) return { result: answered, events: [], audit: null };
  const change = await work();
  await claims.remember(claim, change.result);
  return change;
}
