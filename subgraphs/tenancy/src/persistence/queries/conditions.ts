import { isUuid } from '@farutech/kernel/ids';
import type { Reach } from '@farutech/kernel/viewer';
import { Prisma } from '@farutech/prisma/tenancy';
import type { PageRequest } from './views.ts';

type Sql = Prisma.Sql;

export const uuids = (ids: readonly string[]): Sql => Prisma.sql`${ids.filter(isUuid)}::uuid[]`;

/**
 * Un texto con el que comparar. PostgreSQL no admite el carácter nulo ni para preguntar; ningún texto
 * guardado lo tiene, y con otro que tampoco está se pregunta lo mismo.
 */
export const comparable = (text: string): string => text.replaceAll('\0', '\uFFFF');

/** `column = id`; lo que no es un UUID no es igual a nada, en vez de fallar al convertirlo. */
export const isId = (column: Sql, id: string): Sql =>
  isUuid(id) ? Prisma.sql`${column} = ${id}::uuid` : Prisma.sql`FALSE`;

export const all = (conditions: readonly Sql[]): Sql =>
  conditions.length === 0 ? Prisma.sql`TRUE` : Prisma.join([...conditions], ' AND ');

/** Qué filas de `customer c` puede ver quien pregunta. Un programa ve de quién son sus instancias. */
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

/** Qué filas de `tenant_instance i` puede ver quien pregunta. */
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

/** Qué filas de `operation o` puede ver quien pregunta. */
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

/** Estrictamente detrás del cursor, en el orden (at, id) descendente. */
export const behind = (at: Sql, id: Sql, { after }: PageRequest): Sql =>
  after === null
    ? Prisma.sql`TRUE`
    : Prisma.sql`(${at}, ${id}) < (${after.createdAt.toISOString()}::timestamptz, ${after.id}::uuid)`;
