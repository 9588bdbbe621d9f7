import pg from 'pg';
import { type Ask, readOnly } from './read-only.ts';
import type { SeenGate, SeenRows, Sighting } from './sighting.ts';

// Como las llama tenant_home.
const sharedDatabaseId = 'shared';
const tenantName = '^t_[0-9a-f]{32}$';
const atOnce = 8;

type OfTenants = Pick<Sighting, 'gates' | 'databases' | 'roles' | 'tenantRows'>;
type Inside = Pick<Sighting, 'gates' | 'tenantRows'>;

// Lo que dice una base de sus inquilinos. La lápida de quien se mudó (MOVED) se queda y no es una fila suya.
async function inside(ask: Ask, databaseId: string): Promise<Inside> {
  const gates = await ask<Omit<SeenGate, 'databaseId'>>(
    'SELECT tenant_id AS "tenantId", state::text FROM tenant_gate',
  );
  const tables = await ask<{ name: string }>(
    `SELECT polrelid::regclass::text AS name FROM pg_policy WHERE polname = 'tenant_isolation' ORDER BY 1`,
  );
  const each = tables.map(
    ({ name }) =>
      `SELECT DISTINCT ${pg.escapeLiteral(name)} AS "table", tenant_id AS "tenantId" FROM ${name}`,
  );
  const rows = each.length === 0 ? [] : await ask<Omit<SeenRows, 'databaseId'>>(each.join(' UNION ALL '));
  const live = gates.filter(({ state }) => state !== 'MOVED');
  return {
    gates: gates.map((gate) => ({ ...gate, databaseId })),
    tenantRows: [...rows, ...live.map(({ tenantId }) => ({ table: 'tenant_gate', tenantId }))].map((row) => ({
      ...row,
      databaseId,
    })),
  };
}

// La base se fue entre que se listó y se abrió.
const isGone = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === '3D000';

async function insideOwn(serverUrl: string, names: readonly string[]): Promise<readonly Inside[]> {
  const found: Inside[] = [];
  const left = [...names];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let name = left.pop(); name !== undefined; name = left.pop()) {
        const url = new URL(serverUrl);
        url.pathname = `/${name}`;
        const databaseId = name;
        try {
          found.push(await readOnly(url.toString(), (ask) => inside(ask, databaseId)));
        } catch (error) {
          if (!isGone(error)) throw error;
        }
      }
    }),
  );
  return found;
}

// Lo que hay en el servidor de los inquilinos. Quien no se salte RLS no ve las filas de nadie: sin ese permiso solo
// se comparan puertas, bases y roles, y se dice.
export async function readTenantsServer(
  serverUrl: string,
  sharedUrl: string,
): Promise<OfTenants & { blind: boolean }> {
  const server = await readOnly(serverUrl, async (ask) => ({
    databases: await ask<{ name: string }>(
      `SELECT datname AS name FROM pg_database WHERE datname ~ '${tenantName}'`,
    ),
    roles: await ask<{ name: string }>(
      `SELECT rolname AS name FROM pg_roles WHERE rolname ~ '${tenantName}'`,
    ),
    rights: await ask<{ sees: boolean }>(
      'SELECT rolsuper OR rolbypassrls AS sees FROM pg_roles WHERE rolname = current_user',
    ),
  }));
  const names = server.databases.map(({ name }) => name);
  const shared = await readOnly(sharedUrl, (ask) => inside(ask, sharedDatabaseId));
  const all = [shared, ...(await insideOwn(serverUrl, names))];
  return {
    databases: names,
    roles: server.roles.map(({ name }) => name),
    gates: all.flatMap(({ gates }) => gates),
    tenantRows: all.flatMap(({ tenantRows }) => tenantRows),
    blind: server.rights[0]?.sees !== true,
  };
}
