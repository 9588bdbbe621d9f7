import { isEnterprise, type OperationRun } from './step.ts';
import { tenantDatabaseName } from './tenant-names.ts';

/** La propia puede no haber llegado a existir, o haberse ido ya; la compartida está siempre. */
export async function databaseExists(run: OperationRun): Promise<boolean> {
  if (!isEnterprise(run)) return true;
  const server = await run.server();
  const { rowCount } = await server.query('SELECT 1 FROM pg_database WHERE datname = $1', [
    tenantDatabaseName(run.input.instanceId),
  ]);
  return rowCount === 1;
}
