import type { TenantHomeStore } from '../domain/ports.ts';
import type { Transaction } from './open-prisma.ts';

export const tenantHomeStore = (tx: Transaction): TenantHomeStore => ({
  async put({ tenantId, ...home }) {
    await tx.tenantHome.upsert({
      where: { tenantId },
      create: { tenantId, ...home },
      update: { ...home, epoch: { increment: 1 } },
      select: { tenantId: true },
    });
  },
});
