import { TransientError } from '@farutech/kernel/errors';
import pg from 'pg';
import { reservedConnection } from '../reservation.ts';
import { scramVerifier } from '../scram-verifier.ts';
import { isEnterprise, type OperationRun, type Step } from '../step.ts';
import { tenantDatabaseName } from '../tenant-names.ts';
import { notOurs, ownershipOf } from '../tenant-owner.ts';

const codeOf = (error: unknown): string => (error instanceof pg.DatabaseError ? (error.code ?? '') : '');

interface Seen {
  readonly database: boolean;
  /** Están los dos, PUBLIC no se conecta y su rol sí: lo último que se hace. */
  readonly closed: boolean;
}

async function look(server: pg.Client, name: string): Promise<Seen> {
  const { rows } = await server.query<Seen>(
    `SELECT
       EXISTS (SELECT 1 FROM pg_database WHERE datname = $1) AS database,
       EXISTS (
         SELECT 1 FROM pg_database d JOIN pg_roles r ON r.rolname = $1
         WHERE d.datname = $1 AND has_database_privilege(r.oid, d.oid, 'CONNECT')
           AND NOT EXISTS (SELECT 1 FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
                           WHERE a.grantee = 0 AND a.privilege_type = 'CONNECT')
       ) AS closed`,
    [name],
  );
  return rows[0] ?? { database: false, closed: false };
}

async function createRole(run: OperationRun, server: pg.Client, name: string): Promise<void> {
  const connection = await reservedConnection(run);
  const verifier = await scramVerifier(decodeURIComponent(new URL(connection.reveal()).password));
  try {
    await server.query(
      `CREATE ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOBYPASSRLS PASSWORD '${verifier}'`,
    );
  } catch (error) {
    // Ya estaba: de un intento que murió, con esta contraseña o con la de una reserva anterior.
    if (!['42710', '23505'].includes(codeOf(error))) throw error;
    await server.query(`ALTER ROLE ${name} LOGIN PASSWORD '${verifier}'`);
  }
}

async function createDatabase(run: OperationRun, server: pg.Client, name: string): Promise<void> {
  const migrations = run.migrations.of(run.input.productCode);
  const template = await run.templates.ensure(migrations);
  try {
    await server.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  } catch (error) {
    // Matar a un cliente no detiene su CREATE DATABASE: adoptar lo que está es el camino normal tras una caída.
    // Quien pierde contra otro a la vez recibe 23505, no solo 42P04.
    if (['42P04', '23505'].includes(codeOf(error))) return;
    if (codeOf(error) !== '3D000') throw error;
    run.templates.forget(migrations);
    throw new TransientError(
      'TEMPLATE_GONE',
      'The template database was removed meanwhile; it will be built again.',
      {
        cause: error,
      },
    );
  }
}

export const createTenantDatabase: Step = {
  name: 'create-database',
  async observe(run) {
    if (!isEnterprise(run)) return { skip: 'Standard tier: the tenant lives in the shared database.' };
    const { closed } = await look(await run.server(), tenantDatabaseName(run.input.instanceId));
    return closed ? 'done' : 'missing';
  },
  async act(run) {
    const server = await run.server();
    const name = tenantDatabaseName(run.input.instanceId);
    const { database } = await look(server, name);
    // Antes de tocar nada: una base con este nombre que no es suya no se abre a nadie.
    if (database && (await ownershipOf(await run.home(), run.input.instanceId)) === 'another')
      throw notOurs(name);
    await createRole(run, server, name);
    if (!database) await createDatabase(run, server, name);
    await server.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${name} FROM PUBLIC`);
    await server.query(`GRANT CONNECT ON DATABASE ${name} TO ${name}`);
  },
  async undo(run) {
    if (!isEnterprise(run)) return;
    const server = await run.server();
    const name = tenantDatabaseName(run.input.instanceId);
    const { database } = await look(server, name);
    if (database) {
      const ownership = await ownershipOf(await run.home(), run.input.instanceId);
      await run.leaveHome();
      if (ownership === 'another') return;
      await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    }
    await server.query(`DROP ROLE IF EXISTS ${name}`);
  },
};
