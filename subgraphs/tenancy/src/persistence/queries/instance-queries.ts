import type { Reach } from '@farutech/kernel/viewer';
import { Prisma, type PrismaClient } from '@farutech/prisma/tenancy';
import { byKeyLoader, countLoader, pagedLoader } from './batches.ts';
import { all, behind, comparable, instancesWithin, isId, uuids } from './conditions.ts';
import type { InstanceFilter, InstanceView, PageRequest } from './views.ts';

const columns = Prisma.sql`i.id, i.customer_id AS "customerId", i.product_id AS "productId",
  i.instance_code AS "instanceCode", i.global_instance_id AS "globalInstanceId",
  i.database_tier::text AS "databaseTier", i.status::text AS status,
  i.kubernetes_namespace AS "kubernetesNamespace", i.subdomain_url AS "subdomainUrl", i.created_at AS "createdAt"`;

const createdAt = Prisma.sql`i.created_at`;
const id = Prisma.sql`i.id`;

export function instanceQueries(db: PrismaClient, reach: Reach) {
  const within = instancesWithin(reach);

  function matching({ customerId, productCode, status, databaseTier }: InstanceFilter): Prisma.Sql {
    const conditions = [within];
    if (customerId != null) conditions.push(isId(Prisma.sql`i.customer_id`, customerId));
    if (productCode != null) conditions.push(Prisma.sql`i.product_code = ${comparable(productCode)}`);
    if (status != null) conditions.push(Prisma.sql`i.status = ${status}::tenant_instance_status`);
    if (databaseTier != null) conditions.push(Prisma.sql`i.database_tier = ${databaseTier}::database_tier`);
    return all(conditions);
  }

  const byId = byKeyLoader(
    (ids) =>
      db.$queryRaw<InstanceView[]>`
        SELECT ${columns} FROM tenant_instance i WHERE i.id = ANY(${uuids(ids)}) AND ${within}`,
    (row) => row.id,
  );

  const ofCustomer = pagedLoader(
    (customerIds, page) =>
      db.$queryRaw<InstanceView[]>`
        SELECT ${columns} FROM unnest(${uuids(customerIds)}) AS parent (id) CROSS JOIN LATERAL (
          SELECT i.* FROM tenant_instance i
          WHERE i.customer_id = parent.id AND ${within} AND ${behind(createdAt, id, page)}
          ORDER BY i.created_at DESC, i.id DESC LIMIT ${page.first + 1}
        ) i ORDER BY i.created_at DESC, i.id DESC`,
    ({ customerId }) => customerId,
  );

  const countOfCustomer = countLoader(
    (customerIds) =>
      db.$queryRaw<{ parent: string; count: number }[]>`
        SELECT i.customer_id AS parent, count(*)::int AS count FROM tenant_instance i
        WHERE i.customer_id = ANY(${uuids(customerIds)}) AND ${within} GROUP BY i.customer_id`,
  );

  return {
    instance: (instanceId: string): Promise<InstanceView | null> => byId.load(instanceId.toLowerCase()),

    async instanceByGlobalId(globalInstanceId: string): Promise<InstanceView | null> {
      const [row] = await db.$queryRaw<InstanceView[]>`
        SELECT ${columns} FROM tenant_instance i WHERE i.global_instance_id = ${comparable(globalInstanceId)} AND ${within}`;
      return row ?? null;
    },

    instances: (page: PageRequest, filter: InstanceFilter): Promise<readonly InstanceView[]> =>
      db.$queryRaw<InstanceView[]>`
        SELECT ${columns} FROM tenant_instance i WHERE ${matching(filter)} AND ${behind(createdAt, id, page)}
        ORDER BY i.created_at DESC, i.id DESC LIMIT ${page.first + 1}`,

    async countInstances(filter: InstanceFilter): Promise<number> {
      const [row] = await db.$queryRaw<{ count: number }[]>`
        SELECT count(*)::int AS count FROM tenant_instance i WHERE ${matching(filter)}`;
      return row?.count ?? 0;
    },

    instancesOf: ofCustomer,
    countInstancesOf: (customerId: string): Promise<number> => countOfCustomer.load(customerId),
  };
}
