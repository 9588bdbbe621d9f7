import { instanceCodeTaken } from '../domain/instance-code.ts';
import type { TenantInstanceStore } from '../domain/ports.ts';
import { TenantInstance } from '../domain/tenant-instance.ts';
import type { Transaction } from './open-prisma.ts';

export function tenantInstanceStore(tx: Transaction): TenantInstanceStore {
  async function get(id: string): Promise<TenantInstance | null> {
    const row = await tx.tenantInstance.findUnique({ where: { id } });
    return row === null ? null : TenantInstance.restore(row);
  }

  return {
    get,
    async add(instance) {
      const { count } = await tx.tenantInstance.createMany({
        data: [instance.snapshot()],
        // Los demás únicos llevan 48 bits al azar del id: el que choca es el código dentro del cliente.
        skipDuplicates: true,
      });
      if (count === 0) throw instanceCodeTaken();
    },
    async lock(id) {
      await tx.$queryRaw`SELECT 1 FROM tenant_instance WHERE id = ${id}::uuid FOR UPDATE`;
      return await get(id);
    },
    async save(instance) {
      const { id, ...data } = instance.snapshot();
      await tx.tenantInstance.update({ where: { id }, data, select: { id: true } });
    },
  };
}
