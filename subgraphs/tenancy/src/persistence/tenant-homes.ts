import type { FieldCipher } from '@farutech/kernel/field-cipher';
import { isUuid } from '@farutech/kernel/ids';
import type { FindHomes, TenantHome } from '@farutech/tenant-db/tenant-home';
import type { TenancyPrisma } from './open-prisma.ts';

/** Con esto la ató el trabajador al cifrarla: la de otra instancia no se abre. */
const cipherOwner = (instanceId: string): string => `TenantInstance:${instanceId}:connectionString`;

/** Dónde vive cada inquilino, según `tenant_home`. Encamina; no protege. */
export const findHomes =
  (prisma: TenancyPrisma, cipher: FieldCipher): FindHomes =>
  async (tenantIds) => {
    const rows = await prisma.tenantHome.findMany({
      where: { tenantId: { in: tenantIds.filter(isUuid) } },
      select: { tenantId: true, databaseTier: true, connectionCipher: true },
    });
    return new Map(
      rows.map(({ tenantId, databaseTier, connectionCipher }): [string, TenantHome] => {
        if (databaseTier === 'STANDARD') return [tenantId, { databaseTier }];
        if (connectionCipher === null) throw new TypeError(`la casa de ${tenantId} no dice dónde está`);
        return [
          tenantId,
          { databaseTier, connectionString: cipher.decrypt(connectionCipher, cipherOwner(tenantId)) },
        ];
      }),
    );
  };
