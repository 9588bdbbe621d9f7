import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { visitDatabase } from '../../packages/messaging/src/visit-database.ts';
import { scramVerifier } from '../../workers/src/provisioning/scram-verifier.ts';
import { onDatabase, tenantDatabaseName } from '../../workers/src/provisioning/tenant-names.ts';
import type { ProvisioningWorld } from '../../workers/src/testing/provisioning-world.ts';
import { inLanes } from '../support/in-lanes.ts';

const productCode = 'FARUTECH_VET';
/** Como se llaman sus sesiones. */
const bare = 'bare-loop';

/** De dónde sale cada base: copiada de una ya migrada, o vacía y con las migraciones una a una. */
export type Birth =
  | { readonly from: 'template'; readonly template: string }
  | { readonly from: 'migrations'; readonly scripts: readonly string[] };

/** Dueño, puerta y ajustes, en una transacción: lo que el trabajador siembra. */
async function seed(home: pg.Client, instanceId: string): Promise<void> {
  await home.query('BEGIN');
  await home.query(`SELECT set_config('app.tenant_id', $1, true)`, [instanceId]);
  await home.query(
    `INSERT INTO tenant_owner (tenant_id, customer_id, product_code, global_instance_id, registered_at)
     VALUES ($1, $2, $3, $4, now())`,
    [instanceId, randomUUID(), productCode, `bare-${instanceId}`],
  );
  await home.query(`INSERT INTO tenant_gate (tenant_id, state) VALUES ($1, 'OPEN')`, [instanceId]);
  await home.query(
    `INSERT INTO tenant_setting (tenant_id, key, value, updated_at)
     SELECT $1, key, value, now() FROM jsonb_each('{"locale": "es", "timezone": "America/Bogota"}')`,
    [instanceId],
  );
  await home.query('COMMIT');
}

async function createOne(server: pg.Client, world: ProvisioningWorld, birth: Birth): Promise<void> {
  const instanceId = randomUUID();
  const name = tenantDatabaseName(instanceId);
  const verifier = await scramVerifier(randomBytes(24).toString('base64url'));
  await server.query(
    `CREATE ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOBYPASSRLS PASSWORD '${verifier}'`,
  );
  const template = birth.from === 'template' ? birth.template : 'template0';
  await server.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  await server.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${name} FROM PUBLIC`);
  await server.query(`GRANT CONNECT ON DATABASE ${name} TO ${name}`);
  await visitDatabase(onDatabase(world.server.adminUrl, name), bare, async (home) => {
    if (birth.from === 'migrations') for (const script of birth.scripts) await home.query(script);
    await home.query('SELECT admit_application_role($1)', [name]);
    await seed(home, instanceId);
  });
}

/**
 * Las mismas sentencias que dejan en el servidor lo que el trabajador deja, una detrás de otra: sin diario, sin hechos,
 * sin mirar antes de actuar y sin poder morir a medias. Lo que tardó, en milisegundos.
 */
export async function bareEnterprise(
  world: ProvisioningWorld,
  lanes: number,
  count: number,
  birth: Birth,
): Promise<number> {
  const startedAt = performance.now();
  await inLanes(lanes, count, (next) =>
    visitDatabase(world.server.adminUrl, bare, async (server) => {
      while (next() !== undefined) await createOne(server, world, birth);
    }),
  );
  return performance.now() - startedAt;
}

/** Un Standard es una transacción en la compartida: cada carril la repite por una conexión que ya tiene. */
export async function bareStandard(world: ProvisioningWorld, lanes: number, count: number): Promise<number> {
  const startedAt = performance.now();
  await inLanes(lanes, count, (next) =>
    visitDatabase(world.tenantsUrl, bare, async (home) => {
      while (next() !== undefined) await seed(home, randomUUID());
    }),
  );
  return performance.now() - startedAt;
}
