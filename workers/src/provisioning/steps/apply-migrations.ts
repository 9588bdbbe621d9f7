import { migrate } from '@farutech/prisma/migrate';
import { forgetUnfinished, missingMigrations } from '../applied-migrations.ts';
import { isEnterprise, type OperationRun, type Step } from '../step.ts';
import { onDatabase, sharedRole, tenantDatabaseName } from '../tenant-names.ts';

const roleOf = (run: OperationRun): string =>
  isEnterprise(run) ? tenantDatabaseName(run.input.instanceId) : sharedRole;

const missingHere = async (run: OperationRun): Promise<readonly string[]> =>
  missingMigrations(await run.home(), run.migrations.of(run.input.productCode).names);

/** La base propia nace de una plantilla ya migrada: aquí solo falta algo si la plantilla era de otra versión. */
export const applyMigrations: Step = {
  name: 'apply-migrations',
  async observe(run) {
    if ((await missingHere(run)).length > 0) return 'missing';
    const home = await run.home();
    const { rowCount } = await home.query('SELECT 1 FROM application_role WHERE name = $1', [roleOf(run)]);
    return rowCount === 1 ? 'done' : 'missing';
  },
  async act(run) {
    if (!isEnterprise(run)) return await run.shared.prepare();
    const home = await run.home();
    if ((await missingHere(run)).length > 0) {
      await forgetUnfinished(home);
      const url = onDatabase(run.tenantServerUrl, tenantDatabaseName(run.input.instanceId));
      await migrate(url, run.migrations.of(run.input.productCode).folders);
    }
    await home.query('SELECT admit_application_role($1)', [roleOf(run)]);
  },
  async undo() {
    // La base propia se quita entera en su paso, y la compartida es de todos: no hay nada que deshacer aquí.
  },
};
