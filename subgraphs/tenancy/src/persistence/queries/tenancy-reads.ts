import type { FieldCipher } from '@farutech/kernel/field-cipher';
import { reachOf, type Viewer } from '@farutech/kernel/viewer';
import type { PrismaClient } from '@farutech/prisma/tenancy';
import type { TenantDatabases } from '@farutech/tenant-db/tenant-databases';
import { customerQueries } from './customer-queries.ts';
import { deadLetterQueries } from './dead-letter-queries.ts';
import { instanceQueries } from './instance-queries.ts';
import { operationQueries } from './operation-queries.ts';
import { type OverviewView, readOverview } from './overview-query.ts';
import { tenantQueries } from './tenant-queries.ts';

export type TenancyReads = ReturnType<typeof tenancyReads>;

/** Todo lo que alguien puede leer, por lotes de una petición. Lo ausente y lo ajeno se ven igual. */
export function tenancyReads(
  db: PrismaClient,
  cipher: FieldCipher,
  viewer: Viewer,
  tenants: Pick<TenantDatabases, 'readTenants'>,
) {
  const reach = reachOf(viewer);
  return {
    ...customerQueries(db, cipher, reach),
    ...instanceQueries(db, reach),
    ...operationQueries(db, reach),
    ...deadLetterQueries(db),
    ...tenantQueries(tenants),
    overview: (): Promise<OverviewView> => readOverview(db),
  };
}
