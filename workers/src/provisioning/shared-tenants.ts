import { migrate } from '@farutech/prisma/migrate';
import type { Logger } from '@farutech/runtime/logger';
import pg from 'pg';
import { forgetUnfinished, missingMigrations } from './applied-migrations.ts';
import { refuseWhileMoving } from './move/moves-under-way.ts';
import type { TenantMigrations } from './tenant-migrations.ts';
import { sharedRole } from './tenant-names.ts';

/** Cualquier número, el mismo en todas las réplicas: migra una a la vez. */
const migrateLock = 4_207_010;

/** La base compartida de los Standard. */
export interface SharedTenants {
  readonly url: string;
  /**
   * La deja al día: tablas de todos los productos, rol de la aplicación y puerta cerrada a los demás. Con traslados en
   * marcha no migra: MOVES_UNDER_WAY.
   */
  prepare(): Promise<void>;
}

async function ensureRole(client: pg.Client): Promise<void> {
  try {
    // Sin LOGIN: quién entra con él, y con qué contraseña, lo decide cada despliegue.
    await client.query(`CREATE ROLE ${sharedRole} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS`);
  } catch (error) {
    // Los roles son de todo el servidor: ya está, u otra réplica lo acaba de crear.
    if (!(error instanceof pg.DatabaseError && ['42710', '23505'].includes(error.code ?? ''))) throw error;
  }
}

export function createSharedTenants(parts: {
  readonly url: string;
  readonly migrations: TenantMigrations;
  readonly log: Logger;
}): SharedTenants {
  const { url, migrations, log } = parts;
  return {
    url,
    async prepare() {
      const client = new pg.Client({ connectionString: url, application_name: 'shared-tenants' });
      client.on('error', (error) => log.warn({ err: error }, 'lost the connection to the shared database'));
      await client.connect();
      try {
        await client.query('SELECT pg_advisory_lock($1)', [migrateLock]);
        await ensureRole(client);
        if ((await missingMigrations(client, migrations.all.names)).length > 0) {
          await refuseWhileMoving(client);
          await forgetUnfinished(client);
          const applied = await migrate(url, migrations.all.folders);
          log.info({ applied }, 'shared database of the Standard tier migrated');
        }
        const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
        const name = pg.escapeIdentifier(rows[0]?.name ?? '');
        await client.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${name} FROM PUBLIC`);
        await client.query(`GRANT CONNECT ON DATABASE ${name} TO ${sharedRole}`);
        await client.query('SELECT admit_application_role($1)', [sharedRole]);
      } finally {
        await client.end();
      }
    },
  };
}
