import { migrate } from '@farutech/prisma/migrate';
import pg from 'pg';
import { root } from './settings.ts';

/** Las bases del plano de control, cada una con un solo dueño que escribe en ella. */
const databaseNames = {
  catalog: 'farutech_catalog',
  tenancy: 'farutech_tenancy',
  subscription: 'farutech_subscription',
  identity: 'farutech_identity',
  workers: 'farutech_workers',
} as const;
type DatabaseName = keyof typeof databaseNames;

/** La compartida de los inquilinos Standard: la migra el trabajador, que es quien la escribe. */
const sharedTenantsDatabase = 'farutech_tenants';

function databaseUrl(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

/** Que ya esté no es un fallo: dos arranques a la vez dan 42P04, o 23505 al que pierde. */
export async function createDatabase(adminUrl: string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const known = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (known.rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
    // Por omisión cualquier rol del servidor entra en cualquier base: también el de un inquilino Enterprise.
    await client.query(`REVOKE CONNECT ON DATABASE ${pg.escapeIdentifier(database)} FROM PUBLIC`);
  } catch (error) {
    if (!['42P04', '23505'].includes((error as { code?: string }).code ?? '')) throw error;
  } finally {
    await client.end();
  }
}

export interface Databases {
  readonly urls: Readonly<Record<DatabaseName | 'tenants', string>>;
  readonly applied: number;
}

/** Crea las que falten, una tras otra (CREATE DATABASE copia la misma plantilla), y las migra a la vez. */
export async function prepareDatabases(adminUrl: string): Promise<Databases> {
  for (const name of [...Object.values(databaseNames), sharedTenantsDatabase]) {
    await createDatabase(adminUrl, name);
  }
  const names = Object.keys(databaseNames) as DatabaseName[];
  const urlOf = (name: DatabaseName): string => databaseUrl(adminUrl, databaseNames[name]);
  const applied = await Promise.all(
    names.map((name) => migrate(urlOf(name), [`${root}prisma/${name}/migrations`])),
  );
  return {
    urls: {
      catalog: urlOf('catalog'),
      tenancy: urlOf('tenancy'),
      subscription: urlOf('subscription'),
      identity: urlOf('identity'),
      workers: urlOf('workers'),
      tenants: databaseUrl(adminUrl, sharedTenantsDatabase),
    },
    applied: applied.flat().length,
  };
}
