import pg from 'pg';
import { exclusively } from '../move/gate.ts';
import { isEnterprise, type OperationRun, type Step } from '../step.ts';
import { databaseExists } from '../tenant-database.ts';
import { tenantDatabaseName } from '../tenant-names.ts';

async function mayEnter(run: OperationRun): Promise<boolean> {
  const server = await run.server();
  const { rowCount } = await server.query('SELECT 1 FROM pg_roles WHERE rolname = $1 AND rolcanlogin', [
    tenantDatabaseName(run.input.instanceId),
  ]);
  return rowCount === 1;
}

/**
 * Con el torno de quien escribe: los que estaban dentro acaban antes, y ninguno entra después. Sin `moved_to`, la puerta
 * dice que el inquilino no está aquí ni en otra parte.
 */
async function setGate(run: OperationRun, state: 'OPEN' | 'MOVED'): Promise<void> {
  const home = await run.home();
  const { instanceId } = run.input;
  await exclusively(home, instanceId, () =>
    home.query('UPDATE tenant_gate SET state = $2, moved_to = NULL WHERE tenant_id = $1', [
      instanceId,
      state,
    ]),
  );
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
