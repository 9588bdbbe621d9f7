import type { Execute } from '@farutech/messaging/outbox';
import type { Prisma } from '@farutech/prisma/subscription';

export const executeIn =
  (tx: Prisma.TransactionClient): Execute =>
  (sql, params) =>
    tx.$executeRawUnsafe(sql, ...params);
