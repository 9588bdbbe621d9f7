import { migrate } from '@farutech/prisma/migrate';
import { forgetUnfinished, missingMigrations } from '../applied-migrations.ts';
import { migrationFailure } from '../migration-failure.ts';
import { sessionName } from '../session.ts';
import { isEnterprise, type OperationRun, type Step } from '../step.ts';
import { onDatabase, sharedRole, tenantDatabaseName } from '../tenant-names.ts';

const roleOf = (run: OperationRun): string =>
  isEnterprise(run) ? tenantDatabaseName(run.input.instanceId) : sharedRole;

const missingHere = async (run: OperationRun): Promise<readonly string[]> =>
  missingMigrations(await run.home(), run.migrations.of(run.input.productCode).names);

/** Con el nombre de la operación: quien la retome termina también esta sesión. */
async function migrateOwn(run: OperationRun): Promise<void> {
  const url = new URL(onDatabase(run.tenantServerUrl, tenantDatabaseName(run.input.instanceId)));
  url.searchParams.set('application_name', sessionName(run.operationId, run.epoch));
  try {
    await migrate(url.toString(), run.migrations.of(run.input.productCode).folders);
  } catch (error) {
    throw migrationFailure(error);
  }
}

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
    const missing = await missingHere(run);
    if (missing.length > 0) {
      await forgetUnfinished(home);
      await migrateOwn(run);
      run.note(`Applied ${missing.join(', ')}.`);
    }
    await home.query('SELECT admit_application_role($1)', [roleOf(run)]);
  },
  async undo() {
    // La base propia se quita entera en su paso, y la compartida es de todos: no hay nada que deshacer aquí.
  },
};
