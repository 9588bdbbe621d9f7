import type { TenantTransaction } from '@farutech/tenant-db/tenant-client';
import type { TenantRecords } from '../domain/tenant-desk.ts';
import type { SettingKey } from '../domain/tenant-setting.ts';
import { type TenantUser, tenantUserExists } from '../domain/tenant-user.ts';

export function tenantRecords(tx: TenantTransaction, tenantId: string): TenantRecords {
  return {
    async settingKeys() {
      const rows = await tx.tenantSetting.findMany({ select: { key: true } });
      return rows.map(({ key }) => key as SettingKey);
    },
    async putSettings(settings, at) {
      const keys = settings.map(({ key }) => key);
      const values = settings.map(({ value }) => value);
      await tx.$executeRaw`
        INSERT INTO tenant_setting (tenant_id, key, value, updated_at)
        SELECT ${tenantId}::uuid, key, value::jsonb, ${at.toISOString()}::timestamptz
        FROM unnest(${keys}::text[], ${values}::text[]) AS given (key, value)
        ON CONFLICT (tenant_id, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`;
    },
    countUsers: () => tx.tenantUser.count(),
    async addUser(user) {
      const { count } = await tx.tenantUser.createMany({
        data: [{ tenantId, ...user }],
        skipDuplicates: true,
      });
      // El id es nuevo: el único que puede chocar es el correo.
      if (count === 0) throw tenantUserExists();
    },
    async removeUser(id) {
      const where = { tenantId_id: { tenantId, id } };
      const found = await tx.tenantUser.findUnique({ where });
      if (found === null) return null;
      await tx.tenantUser.delete({ where, select: { id: true } });
      const { tenantId: _, ...user } = found;
      return user as TenantUser;
    },
  };
}
