import type { FeedStore } from '../domain/ports.ts';
import type { Transaction } from './open-prisma.ts';

export const feedStore = (tx: Transaction): FeedStore => ({
  async append(entries) {
    await tx.feed.createMany({
      data: entries.map((entry) => {
        const { instanceId, customerId, version, status, statusChanged, occurredAt } = entry;
        return {
          instanceId,
          customerId,
          version,
          status,
          statusChanged,
          payload: entry,
          at: new Date(occurredAt),
        };
      }),
    });
  },
});
