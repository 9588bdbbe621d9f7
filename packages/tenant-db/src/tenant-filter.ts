import { Prisma } from '@farutech/prisma/tenant';

interface Given {
  readonly where?: object;
  readonly data?: object | readonly object[];
  readonly create?: object;
}

/** La única tabla de estas bases que no habla de inquilinos; la aplicación tampoco llega a ella. */
const withoutTenant = 'ApplicationRole';

function filtered(operation: string, { where, data, create, ...rest }: Given, tenantId: string): Given {
  const mine = <Row extends object>(row: Row): Row => ({ ...row, tenantId });
  switch (operation) {
    case 'create':
      return { ...rest, data: mine(data ?? {}) };
    case 'createMany':
    case 'createManyAndReturn':
      return { ...rest, data: [data ?? []].flat().map(mine) };
    case 'upsert':
      return { ...rest, where: mine(where ?? {}), create: mine(create ?? {}) };
    default:
      return { ...rest, where: mine(where ?? {}), ...(data !== undefined && { data }) };
  }
}

/**
 * Adds the tenant to what is asked of a model, so that nobody has to write it. **A convenience, no wall**: it does
 * not see what is included, counted by `_count`, written under another row, or sent as raw SQL. The wall is
 * row-level security.
 */
export const tenantFilter = (tenantId: string) =>
  Prisma.defineExtension({
    name: 'tenant-filter',
    query: {
      $allModels: {
        $allOperations({ model, operation, args, query }) {
          return model === withoutTenant ? query(args) : query(filtered(operation, args, tenantId));
        },
      },
    },
  });
