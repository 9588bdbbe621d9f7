import { claimIdempotencyKey, rememberResult } from '@farutech/messaging/idempotency';
import type { Prisma } from '@farutech/prisma/subscription';
import type { Claims } from '../domain/ports.ts';
import { executeIn } from './execute-in.ts';

export const claimStore = (tx: Prisma.TransactionClient): Claims => ({
  async take(claim, at) {
    const query = (sql: string, params: readonly unknown[]): Promise<readonly unknown[]> =>
      tx.$queryRawUnsafe(sql, ...params);
    const outcome = await claimIdempotencyKey(query, claim, at);
    return outcome.known ? outcome.resultId : null;
  },
  remember: (claim, resultId) => rememberResult(executeIn(tx), claim, resultId),
});
