import {
  type ControlPlaneDatabase,
  controlPlane,
  controlPlaneNames,
  databaseUrl,
  migrateControlPlane,
} from '@farutech/prisma/control-plane';
import pg from 'pg';

/** La compartida de los inquilinos Standard: la migra el trabajador, que es quien la escribe. */
const sharedTenantsDatabase = 'farutech_tenants';

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
  readonly urls: Readonly<Record<ControlPlaneDatabase | 'tenants', string>>;
  readonly applied: number;
}

/** Crea las que falten, una tras otra (CREATE DATABASE copia la misma plantilla), y las migra a la vez. */
export async function prepareDatabases(adminUrl: string): Promise<Databases> {
  for (const name of [...Object.values(controlPlane), sharedTenantsDatabase]) {
    await createDatabase(adminUrl, name);
  }
  const urlOf = (name: ControlPlaneDatabase): string => databaseUrl(adminUrl, controlPlane[name]);
  const applied = await Promise.all(controlPlaneNames.map((name) => migrateControlPlane(name, urlOf(name))));
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
