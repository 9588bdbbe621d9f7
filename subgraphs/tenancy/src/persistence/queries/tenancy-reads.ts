import type { FieldCipher } from '@farutech/kernel/field-cipher';
import { reachOf, type Viewer } from '@farutech/kernel/viewer';
import type { PrismaClient } from '@farutech/prisma/tenancy';
import { customerQueries } from './customer-queries.ts';
import { instanceQueries } from './instance-queries.ts';
import { operationQueries } from './operation-queries.ts';

export type TenancyReads = ReturnType<typeof tenancyReads>;

/** Everything that one viewer may read, batched for one request. Absent and foreign look the same. */
export function tenancyReads(db: PrismaClient, cipher: FieldCipher, viewer: Viewer) {
  const reach = reachOf(viewer);
  return {
    ...customerQueries(db, cipher, reach),
    ...instanceQueries(db, reach),
    ...operationQueries(db, reach),
  };
}
