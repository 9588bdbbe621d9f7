import { DomainError } from '@farutech/kernel/errors';
import { Prisma } from '@farutech/prisma/tenancy';
import { enterEach, type TenantDatabases } from '@farutech/tenant-db/tenant-databases';
import DataLoader from 'dataloader';
import { countLoader, pagedLoader } from './batches.ts';
import { behind } from './conditions.ts';
import type { PageRequest, TenantSettingView, TenantUserView } from './views.ts';

/** Cada una puede ser una base propia: más en una consulta se llevarían las conexiones de todos. */
const maxInstances = 20;
/** No cabe más por clave: set-tenant-settings no deja. */
const maxSettings = 200;

interface OfTenant {
  readonly tenantId: string;
}

/** Lo que vive en las bases de los inquilinos. Quien pregunta ya tiene la instancia, luego la alcanza. */
export function tenantQueries({ readTenants }: Pick<TenantDatabases, 'readTenants'>) {
  const asked = new Set<string>();

  function count(tenantIds: readonly string[]): void {
    for (const id of tenantIds) asked.add(id);
    if (asked.size > maxInstances) {
      throw new DomainError(
        'QUERY_TOO_COMPLEX',
        `settings and users reach into the databases of tenants: at most ${maxInstances} instances a query.`,
      );
    }
  }

  /** De los de la base compartida sale una sola sentencia; de cada Enterprise, la suya. */
  function read<Row>(
    tenantIds: readonly string[],
    columns: Prisma.Sql,
    rows: Prisma.Sql,
  ): Promise<readonly Row[]> {
    count(tenantIds);
    return readTenants(
      tenantIds,
      (tx, ids) =>
        tx.$queryRaw<Row[]>`SELECT ${columns} FROM ${enterEach(ids)} CROSS JOIN LATERAL (${rows}) AS t`,
    );
  }

  const settingsOf = new DataLoader<string, readonly TenantSettingView[]>(async (tenantIds) => {
    const rows = await read<TenantSettingView & OfTenant>(
      tenantIds,
      Prisma.sql`t.tenant_id AS "tenantId", t.key, t.value, t.updated_at AS "updatedAt"`,
      Prisma.sql`SELECT * FROM tenant_setting WHERE tenant_id = entered.tenant_id ORDER BY key LIMIT ${maxSettings}`,
    );
    return tenantIds.map((id) => rows.filter(({ tenantId }) => tenantId === id));
  });

  const usersOf = pagedLoader(
    (tenantIds, page) =>
      read<TenantUserView & OfTenant>(
        tenantIds,
        Prisma.sql`t.tenant_id AS "tenantId", t.id, t.email, t.display_name AS "displayName", t.role,
          t.created_at AS "createdAt"`,
        Prisma.sql`SELECT * FROM tenant_user
          WHERE tenant_id = entered.tenant_id AND ${behind(Prisma.sql`created_at`, Prisma.sql`id`, page)}
          ORDER BY created_at DESC, id DESC LIMIT ${page.first + 1}`,
      ),
    ({ tenantId }) => tenantId,
  );

  const countUsersOf = countLoader((tenantIds) =>
    read<{ parent: string; count: number }>(
      tenantIds,
      Prisma.sql`entered.tenant_id AS parent, t.count`,
      Prisma.sql`SELECT count(*)::int AS count FROM tenant_user WHERE tenant_id = entered.tenant_id LIMIT 1`,
    ),
  );

  return {
    settingsOf: (instanceId: string): Promise<readonly TenantSettingView[]> => settingsOf.load(instanceId),
    tenantUsersOf: (instanceId: string, page: PageRequest): Promise<readonly TenantUserView[]> =>
      usersOf(instanceId, page),
    countTenantUsersOf: (instanceId: string): Promise<number> => countUsersOf.load(instanceId),
  };
}
