import { DomainError } from '@farutech/kernel/errors';
import type { IdempotencyClaim } from '@farutech/kernel/request';
import type { Claims } from '../domain/ports.ts';
import type { MemoryTables } from './memory-tables.ts';

const rememberedMs = 24 * 3_600_000;

const sameKey = (a: IdempotencyClaim, b: IdempotencyClaim): boolean =>
  a.viewer === b.viewer && a.mutation === b.mutation && a.key === b.key;

export const memoryClaims = (tables: MemoryTables): Claims => ({
  async take(claim, at) {
    const held = tables.claims.find((row) => sameKey(row.claim, claim) && +at - +row.at <= rememberedMs);
    if (held === undefined) {
      tables.claims = [
        ...tables.claims.filter((row) => !sameKey(row.claim, claim)),
        { claim, at, resultId: null },
      ];
      return null;
    }
    if (JSON.stringify(held.claim.input) !== JSON.stringify(claim.input)) {
      throw new DomainError(
        'IDEMPOTENCY_KEY_REUSED',
        'This key stands for another request.',
        'idempotencyKey',
      );
    }
    return held.resultId;
  },
  async remember(claim, resultId) {
    tables.claims = tables.claims.map((row) => (sameKey(row.claim, claim) ? { ...row, resultId } : row));
  },
});
