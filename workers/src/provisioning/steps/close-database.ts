import pg from 'pg';
import { isEnterprise, type OperationRun, type Step } from '../step.ts';
import { databaseExists } from '../tenant-database.ts';
import { tenantDatabaseName } from '../tenant-names.ts';

const lockTimeout = '5s';

async function mayEnter(run: OperationRun): Promise<boolean> {
  const server = await run.server();
  const { rowCount } = await server.query('SELECT 1 FROM pg_roles WHERE rolname = $1 AND rolcanlogin', [
    tenantDatabaseName(run.input.instanceId),
  ]);
  return rowCount === 1;
}

/**
 * Con el cerrojo de las escrituras en exclusiva: las que estaban dentro acaban antes, y ninguna entra después. Sin
 * `moved_to`, la puerta dice que el inquilino no está aquí ni en otra parte.
 */
async function setGate(run: OperationRun, state: 'OPEN' | 'MOVED'): Promise<void> {
  const home = await run.home();
  const { instanceId } = run.input;
  await home.query('BEGIN');
  try {
    await home.query(`SET LOCAL lock_timeout = '${lockTimeout}'`);
    await home.query('SELECT pg_advisory_xact_lock(42, hashtext($1))', [instanceId]);
    await home.query('UPDATE tenant_gate SET state = $2, moved_to = NULL WHERE tenant_id = $1', [
      instanceId,
      state,
    ]);
    await home.query('COMMIT');
  } catch (error) {
    await home.query('ROLLBACK').catch((failed: Error) => {
      if (error instanceof Error) error.cause ??= failed;
    });
    throw error;
  }
}

async function isShut(run: OperationRun): Promise<boolean> {
  if (isEnterprise(run) && (await mayEnter(run))) return false;
  if (!(await databaseExists(run))) return true;
  const home = await run.home();
  const { rowCount } = await home.query(
    `SELECT 1 FROM tenant_gate WHERE tenant_id = $1 AND state <> 'MOVED'`,
    [run.input.instanceId],
  );
  return rowCount === 0;
}

/** Nadie escribe ni entra más; los datos siguen ahí hasta que se borren. */
export const closeDatabase: Step = {
  name: 'close-database',
  observe: async (run) => ((await isShut(run)) ? 'done' : 'missing'),
  async act(run) {
    if (await databaseExists(run)) await setGate(run, 'MOVED');
    if (!isEnterprise(run) || !(await mayEnter(run))) return;
    const server = await run.server();
    await server.query(`ALTER ROLE ${pg.escapeIdentifier(tenantDatabaseName(run.input.instanceId))} NOLOGIN`);
  },
  async undo(run) {
    const server = await run.server();
    const name = tenantDatabaseName(run.input.instanceId);
    if (isEnterprise(run)) {
      const { rowCount } = await server.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
      if (rowCount === 1) await server.query(`ALTER ROLE ${pg.escapeIdentifier(name)} LOGIN`);
    }
    if (await databaseExists(run)) await setGate(run, 'OPEN');
  },
};
