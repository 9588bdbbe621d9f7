import type { FieldCipher } from '@farutech/kernel/field-cipher';
import { isUuid } from '@farutech/kernel/ids';
import { type FindHomes, sharedDatabaseId, type TenantPlace } from '@farutech/tenant-db/tenant-home';
import type { TenancyPrisma } from './open-prisma.ts';

/** Con esto la ató el trabajador al cifrarla: la de otra instancia no se abre. */
const cipherOwner = (instanceId: string): string => `TenantInstance:${instanceId}:connectionString`;

/** Dónde vive cada inquilino, según `tenant_home`, y en un traslado, la otra casa. Encamina; no protege. */
export function findHomes(prisma: TenancyPrisma, cipher: FieldCipher): FindHomes {
  function placeOf(tenantId: string, databaseId: string, connectionCipher: string | null): TenantPlace {
    if (databaseId === sharedDatabaseId) return { databaseId, databaseTier: 'STANDARD' };
    if (connectionCipher === null) throw new TypeError(`la casa de ${tenantId} no dice dónde está`);
    const connectionString = cipher.decrypt(connectionCipher, cipherOwner(tenantId));
    return { databaseId, databaseTier: 'ENTERPRISE', connectionString };
  }

  return async (tenantIds) => {
    const rows = await prisma.tenantHome.findMany({ where: { tenantId: { in: tenantIds.filter(isUuid) } } });
    return new Map(
      rows.map(({ tenantId, databaseId, connectionCipher, otherDatabaseId, otherConnectionCipher }) => {
        const other =
          otherDatabaseId === null ? null : placeOf(tenantId, otherDatabaseId, otherConnectionCipher);
        return [tenantId, { ...placeOf(tenantId, databaseId, connectionCipher), other }];
      }),
    );
  };
}
