import { isUuid } from '@farutech/kernel/ids';
import type { Reach } from '@farutech/kernel/viewer';
import { Prisma } from '@farutech/prisma/tenancy';
import type { PageRequest } from './views.ts';

type Sql = Prisma.Sql;

export const uuids = (ids: readonly string[]): Sql => Prisma.sql`${ids.filter(isUuid)}::uuid[]`;

/** `column = id`; what is no UUID equals nothing, instead of failing in the cast. */
export const isId = (column: Sql, id: string): Sql =>
  isUuid(id) ? Prisma.sql`${column} = ${id}::uuid` : Prisma.sql`FALSE`;

export const all = (conditions: readonly Sql[]): Sql =>
  conditions.length === 0 ? Prisma.sql`TRUE` : Prisma.join([...conditions], ' AND ');

/** Which rows of `customer c` the viewer may see. A program sees who its instances belong to. */
export function customersWithin(reach: Reach): Sql {
  switch (reach.kind) {
    case 'everything':
      return Prisma.sql`TRUE`;
    case 'customer':
      return isId(Prisma.sql`c.id`, reach.customerId);
    case 'instances':
      return Prisma.sql`c.id IN (SELECT customer_id FROM tenant_instance WHERE id = ANY(${uuids(reach.instanceIds)}))`;
  }
}

/** Which rows of `tenant_instance i` the viewer may see. */
export function instancesWithin(reach: Reach): Sql {
  switch (reach.kind) {
    case 'everything':
      return Prisma.sql`TRUE`;
    case 'customer':
      return isId(Prisma.sql`i.customer_id`, reach.customerId);
    case 'instances':
      return Prisma.sql`i.id = ANY(${uuids(reach.instanceIds)})`;
  }
}

/** Which rows of `operation o` the viewer may see. */
export function operationsWithin(reach: Reach): Sql {
  switch (reach.kind) {
    case 'everything':
      return Prisma.sql`TRUE`;
    case 'customer':
      return isId(Prisma.sql`o.customer_id`, reach.customerId);
    case 'instances':
      return Prisma.sql`o.tenant_instance_id = ANY(${uuids(reach.instanceIds)})`;
  }
}

/** Strictly behind the cursor, in the order (at, id) descending. */
export const behind = (at: Sql, id: Sql, { after }: PageRequest): Sql =>
  after === null
    ? Prisma.sql`TRUE`
    : Prisma.sql`(${at}, ${id}) < (${after.createdAt.toISOString()}::timestamptz, ${after.id}::uuid)`;
