import { isEnterprise, type Step } from '../step.ts';
import { tenantDatabaseName } from '../tenant-names.ts';
import { asTenant, isRegistered, notOurs, ownershipOf } from '../tenant-owner.ts';

/** Con qué nace un inquilino; lo cambia después quien lo administra. */
const firstSettings = { locale: 'es', timezone: 'America/Bogota' };

export const seedTenant: Step = {
  name: 'seed-tenant',
  // Dueño, puerta y ajustes se escriben en una transacción: visto uno, están todos.
  observe: async (run) => ((await isRegistered(await run.home(), run.input.instanceId)) ? 'done' : 'missing'),
  async act(run) {
    const home = await run.home();
    const { instanceId, customerId, productCode, globalInstanceId } = run.input;
    if (isEnterprise(run) && (await ownershipOf(home, instanceId)) === 'another') {
      throw notOurs(tenantDatabaseName(instanceId));
    }
    await asTenant(home, instanceId, async () => {
      await home.query(
        `INSERT INTO tenant_owner (tenant_id, customer_id, product_code, global_instance_id, registered_at)
         VALUES ($1, $2, $3, $4, now()) ON CONFLICT (tenant_id) DO NOTHING`,
        [instanceId, customerId, productCode, globalInstanceId],
      );
      await home.query(
        `INSERT INTO tenant_gate (tenant_id, state) VALUES ($1, 'OPEN') ON CONFLICT (tenant_id) DO NOTHING`,
        [instanceId],
      );
      await home.query(
        `INSERT INTO tenant_setting (tenant_id, key, value, updated_at)
         SELECT $1, key, value, now() FROM jsonb_each($2::jsonb) ON CONFLICT (tenant_id, key) DO NOTHING`,
        [instanceId, JSON.stringify(firstSettings)],
      );
    });
  },
  async undo(run) {
    // La base propia se quita entera en su paso.
    if (isEnterprise(run)) return;
    const home = await run.home();
    const { instanceId } = run.input;
    await asTenant(home, instanceId, async () => {
      // Nadie ha entrado aún: no hay más filas suyas que las que se sembraron.
      for (const table of ['tenant_user', 'tenant_setting', 'tenant_gate', 'tenant_owner']) {
        await home.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [instanceId]);
      }
    });
  },
};
