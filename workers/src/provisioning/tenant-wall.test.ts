import pg from 'pg';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  aDelivery,
  aRequest,
  openProvisioningWorld,
  type ProvisioningWorld,
  provision,
} from '../testing/provisioning-world.ts';
import { connectionOwner, sharedRole, tenantDatabaseName } from './tenant-names.ts';

vi.setConfig({ testTimeout: 30_000 });

let world: ProvisioningWorld;
const norte = aRequest();
const sur = aRequest();
const own = aRequest({ databaseTier: 'ENTERPRISE' });
const other = aRequest({ databaseTier: 'ENTERPRISE', productCode: 'FARUTECH_ERP' });
beforeAll(async () => {
  world = await openProvisioningWorld();
  const engine = world.engine();
  await Promise.all([norte, sur, own, other].map((request) => provision(engine, request, aDelivery())));
}, 60_000);
afterAll(async () => {
  await world?.close();
});

async function connectionOf(instanceId: string): Promise<URL> {
  const { rows } = await world.pool.query(
    'SELECT connection_cipher AS c FROM tenant_database WHERE instance_id = $1',
    [instanceId],
  );
  return new URL(world.cipher.decrypt(rows[0].c, connectionOwner(instanceId)).reveal());
}

/** Lo que hace quien entra en la base compartida: su rol y, dentro de la transacción, su inquilino. */
async function inShared<T>(tenantId: string | null, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await world.tenants.connect();
  try {
    await client.query('BEGIN');
    await client.query(`SET LOCAL ROLE ${sharedRole}`);
    if (tenantId !== null) await client.query(`SELECT set_config('app.tenant_id', $1, true)`, [tenantId]);
    return await work(client);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

const insertPatient = (client: pg.ClientBase, tenantId: string) =>
  client.query(
    `INSERT INTO patient (tenant_id, id, name, species, keeper_name) VALUES ($1, $2, 'Luna', 'perro', 'Ana') RETURNING id`,
    [tenantId, v7()],
  );

describe('La pared entre inquilinos en la base compartida', () => {
  it('la aplicación ve lo de su inquilino y nada más', async () => {
    const owners = await inShared(norte.instanceId, (client) =>
      client.query('SELECT tenant_id FROM tenant_owner'),
    );
    const settings = await inShared(norte.instanceId, (client) =>
      client.query('SELECT DISTINCT tenant_id FROM tenant_setting'),
    );

    expect(owners.rows).toEqual([{ tenant_id: norte.instanceId }]);
    expect(settings.rows).toEqual([{ tenant_id: norte.instanceId }]);
  });

  it('sin decir de qué inquilino habla no ve ni escribe nada', async () => {
    const seen = await inShared(null, (client) => client.query('SELECT 1 FROM tenant_owner'));

    expect(seen.rowCount).toBe(0);
    await expect(inShared(null, (client) => insertPatient(client, norte.instanceId))).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('no escribe en nombre de otro, ni se lleva una fila a otro', async () => {
    await expect(
      inShared(sur.instanceId, (client) => insertPatient(client, norte.instanceId)),
    ).rejects.toMatchObject({
      code: '42501',
    });
    const moving = inShared(sur.instanceId, async (client) => {
      await insertPatient(client, sur.instanceId);
      await client.query('UPDATE patient SET tenant_id = $1', [norte.instanceId]);
    });
    await expect(moving).rejects.toMatchObject({ code: '42501' });
  });

  it('una cita no puede nombrar al paciente de otro: la clave ajena lleva al inquilino', async () => {
    const patientId = v7();
    await world.tenants.query(
      `INSERT INTO patient (tenant_id, id, name, species, keeper_name) VALUES ($1, $2, 'Luna', 'perro', 'Ana')`,
      [norte.instanceId, patientId],
    );

    const appointment = inShared(sur.instanceId, (client) =>
      client.query(
        `INSERT INTO appointment (tenant_id, id, patient_id, starts_at, reason) VALUES ($1, $2, $3, now(), 'vacuna')`,
        [sur.instanceId, v7(), patientId],
      ),
    );

    await expect(appointment).rejects.toMatchObject({ code: '23503' });
  });

  it.each(['tenant_gate', 'tenant_change', 'application_role', '_prisma_migrations'])(
    'la aplicación no llega a %s',
    async (table) => {
      await expect(
        inShared(norte.instanceId, (client) => client.query(`SELECT 1 FROM ${table}`)),
      ).rejects.toMatchObject({
        code: '42501',
      });
    },
  );

  it.each([
    'INSERT INTO tenant_owner SELECT * FROM tenant_owner',
    'DELETE FROM tenant_owner',
    'CREATE TABLE mia (id int)',
  ])('ni le está permitido: %s', async (sql) => {
    await expect(inShared(norte.instanceId, (client) => client.query(sql))).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('toda tabla con tenant_id lleva RLS forzado, salvo las que la aplicación no ve', async () => {
    const { rows } = await world.tenants.query(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
       WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
       ORDER BY 1`,
    );

    expect(rows.map(({ name }) => name)).toEqual(['tenant_change', 'tenant_gate']);
  });

  it('el rol de la aplicación no es dueño, ni se salta RLS, ni entra solo', async () => {
    const { rows } = await world.admin.query(
      `SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin FROM pg_roles WHERE rolname = $1`,
      [sharedRole],
    );

    expect(rows).toEqual([
      { rolsuper: false, rolbypassrls: false, rolcreatedb: false, rolcreaterole: false, rolcanlogin: false },
    ]);
  });
});

describe('La base propia de un inquilino Enterprise', () => {
  it.each([
    ['la base de otro', () => tenantDatabaseName(other.instanceId)],
    ['la compartida', () => new URL(world.tenantsUrl).pathname.slice(1)],
  ])('su rol no entra en %s', async (_, database) => {
    const connection = await connectionOf(own.instanceId);
    connection.pathname = `/${database()}`;
    const client = new pg.Client({ connectionString: connection.toString() });

    await expect(client.connect()).rejects.toMatchObject({ code: '42501' });
    await client.end();
  });

  it('su rol escribe lo suyo, no lo de otro, y no ve la puerta', async () => {
    const connection = await connectionOf(own.instanceId);
    const client = new pg.Client({ connectionString: connection.toString() });
    await client.connect();
    try {
      expect((await insertPatient(client, own.instanceId)).rowCount).toBe(1);
      await expect(insertPatient(client, norte.instanceId)).rejects.toMatchObject({ code: '42501' });
      await expect(client.query('SELECT 1 FROM tenant_gate')).rejects.toMatchObject({ code: '42501' });
      const { rows } = await client.query(
        'SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user',
      );
      expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false }]);
    } finally {
      await client.end();
    }
  });

  it('lleva las tablas de su producto y no las de los demás', async () => {
    const connection = new URL(world.server.url(tenantDatabaseName(other.instanceId)));
    const client = new pg.Client({ connectionString: connection.toString() });
    await client.connect();
    const { rows } = await client.query(
      `SELECT to_regclass('stock_movement') IS NOT NULL AS erp, to_regclass('patient') IS NULL AS not_vet`,
    );
    await client.end();

    expect(rows).toEqual([{ erp: true, not_vet: true }]);
  });
});
