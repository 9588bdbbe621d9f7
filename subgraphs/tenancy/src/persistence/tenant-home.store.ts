import type { TenantHome, TenantHomeStore, TenantPlace } from '../domain/ports.ts';
import type { Transaction } from './open-prisma.ts';

type HomeRow = Awaited<ReturnType<Transaction['tenantHome']['findUniqueOrThrow']>>;

const nowhere = { otherDatabaseId: null, otherDatabaseTier: null, otherConnectionCipher: null };

const asOther = ({ databaseId, databaseTier, connectionCipher }: TenantPlace) => ({
  otherDatabaseId: databaseId,
  otherDatabaseTier: databaseTier,
  otherConnectionCipher: connectionCipher,
});

const otherOf = (row: HomeRow): TenantPlace | null =>
  row.otherDatabaseId === null || row.otherDatabaseTier === null
    ? null
    : {
        databaseId: row.otherDatabaseId,
        databaseTier: row.otherDatabaseTier,
        connectionCipher: row.otherConnectionCipher,
      };

const toHome = (row: HomeRow): TenantHome => {
  const { tenantId, databaseId, databaseTier, connectionCipher, epoch } = row;
  return { tenantId, databaseId, databaseTier, connectionCipher, epoch, other: otherOf(row) };
};

export const tenantHomeStore = (tx: Transaction): TenantHomeStore => ({
  async get(tenantId) {
    const row = await tx.tenantHome.findUnique({ where: { tenantId } });
    return row === null ? null : toHome(row);
  },
  async put(tenantId, { databaseId, databaseTier, connectionCipher }) {
    const place = { databaseId, databaseTier, connectionCipher };
    await tx.tenantHome.upsert({
      where: { tenantId },
      create: { tenantId, ...place },
      update: { ...place, ...nowhere, epoch: { increment: 1 } },
      select: { tenantId: true },
    });
  },
  async prepare(tenantId, other) {
    await tx.tenantHome.updateMany({ where: { tenantId }, data: asOther(other) });
  },
  async move(tenantId, { databaseId, databaseTier, connectionCipher }, epoch) {
    // Una sentencia: las columnas de la derecha son las de antes, así que la otra casa es la que se deja.
    const moved = await tx.$executeRaw`
      UPDATE tenant_home
      SET database_id = ${databaseId}, database_tier = ${databaseTier}::database_tier,
          connection_cipher = ${connectionCipher}, epoch = ${epoch}, other_database_id = database_id,
          other_database_tier = database_tier, other_connection_cipher = connection_cipher
      WHERE tenant_id = ${tenantId}::uuid AND epoch < ${epoch}`;
    return moved === 1;
  },
  async forgetOther(tenantId) {
    await tx.tenantHome.updateMany({ where: { tenantId }, data: nowhere });
  },
  async remove(tenantId) {
    await tx.tenantHome.deleteMany({ where: { tenantId } });
  },
  async otherIsUnsettled(tenantId) {
    const [row] = await tx.$queryRaw<{ unsettled: boolean }[]>`
      SELECT EXISTS (
        SELECT 1 FROM tenant_write w JOIN tenant_home h ON h.tenant_id = w.tenant_instance_id
        WHERE w.tenant_instance_id = ${tenantId}::uuid AND w.database_id = h.other_database_id) AS unsettled`;
    return row?.unsettled ?? false;
  },
});
