import type { Prisma } from '@farutech/prisma/subscription';
import type { InstanceStatus } from '../domain/entitlement.ts';
import type { Customers, Instances } from '../domain/ports.ts';

export const customerStore = (tx: Prisma.TransactionClient): Customers => ({
  byId: (customerId) => tx.customerProjection.findUnique({ where: { customerId } }),
  async put({ customerId, country, isActive, revision }) {
    await tx.$executeRaw`
      INSERT INTO customer_projection AS held (customer_id, country, is_active, revision)
      VALUES (${customerId}::uuid, ${country}, ${isActive}, ${revision}::int)
      ON CONFLICT (customer_id) DO UPDATE
        SET country = EXCLUDED.country, is_active = EXCLUDED.is_active, revision = EXCLUDED.revision
        WHERE held.revision < EXCLUDED.revision`;
  },
});

// Una sentencia por cambio: dos consumidores llegan a la vez a la misma fila, que puede no existir todavía.
export const instanceStore = (tx: Prisma.TransactionClient): Instances => ({
  async byId(instanceId) {
    const row = await tx.instanceProjection.findUnique({ where: { instanceId } });
    // Solo este almacén escribe la columna, y su tipo sale del contrato.
    return row && { ...row, status: row.status as InstanceStatus };
  },
  async request({ instanceId, customerId, productId }) {
    await tx.$executeRaw`
      INSERT INTO instance_projection (instance_id, customer_id, product_id, status, version)
      VALUES (${instanceId}::uuid, ${customerId}::uuid, ${productId}::uuid, 'PROVISIONING', 0)
      ON CONFLICT (instance_id) DO UPDATE SET product_id = EXCLUDED.product_id`;
  },
  async markProvisioned(instanceId, provisionedAt) {
    await tx.$executeRaw`
      UPDATE instance_projection
      SET provisioned_at = LEAST(provisioned_at, ${provisionedAt.toISOString()}::timestamptz)
      WHERE instance_id = ${instanceId}::uuid`;
  },
  async putStatus({ instanceId, customerId, status, version }) {
    await tx.$executeRaw`
      INSERT INTO instance_projection AS held (instance_id, customer_id, status, version)
      VALUES (${instanceId}::uuid, ${customerId}::uuid, ${status}, ${version}::int)
      ON CONFLICT (instance_id) DO UPDATE SET status = EXCLUDED.status, version = EXCLUDED.version
        WHERE held.version < EXCLUDED.version`;
  },
  async recordStatus({ instanceId, version, status, validFrom, knownFrom }) {
    await tx.instanceStatusFact.createMany({
      data: [{ instanceId, version, status, validFrom, knownFrom }],
      skipDuplicates: true,
    });
  },
});
