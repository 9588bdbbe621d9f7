import { tell } from '@farutech/contracts/contract';
import { tenantMovePrepared } from '@farutech/contracts/provisioning';
import { PermanentError } from '@farutech/kernel/errors';
import { missingMigrations } from '../../applied-migrations.ts';
import { reservedHome } from '../../reservation.ts';
import { isEnterprise, type OperationRun, type Step } from '../../step.ts';
import { applyMigrations } from '../../steps/apply-migrations.ts';
import { createTenantDatabase } from '../../steps/create-database.ts';
import { reserve } from '../../steps/reserve.ts';
import { databaseExists } from '../../tenant-database.ts';
import { asMover } from '../as-mover.ts';
import { isHome, notTheHome, readGate, untilNobodyIsInside } from '../gate.ts';
import { there } from '../move-run.ts';
import { leaveDatabase } from '../settle.ts';

async function refuseBehind(run: OperationRun): Promise<void> {
  const missing = await missingMigrations(await run.home(), run.migrations.of(run.input.productCode).names);
  if (missing.length === 0) return;
  throw new PermanentError(
    'SCHEMA_BEHIND',
    `The tenant's database lacks ${missing.join(', ')}. Migrate it (migrateTenantSchema), then move again.`,
  );
}

async function ensure(step: Step, run: OperationRun): Promise<void> {
  if ((await step.observe(run)) === 'missing') await step.act(run);
}

/** De quién será, y la puerta cerrada hasta que llegue; señala adonde vive todavía. */
async function expectTenant(run: OperationRun): Promise<void> {
  const { instanceId, customerId, productCode, globalInstanceId } = run.input;
  const target = there(run);
  const gate = await readGate(await run.home(), instanceId);
  const { databaseId } = await reservedHome(run);
  const client = await target.home();
  // Un traslado ya cerrado vive en el destino, y su puerta no se toca.
  if (gate?.state === 'MOVED' && isHome(await readGate(client, instanceId))) return;
  if (gate === undefined || !isHome(gate)) throw notTheHome(databaseId);
  await asMover(client, instanceId, async () => {
    await client.query(
      `INSERT INTO tenant_owner (tenant_id, customer_id, product_code, global_instance_id, registered_at)
       VALUES ($1, $2, $3, $4, now()) ON CONFLICT (tenant_id) DO NOTHING`,
      [instanceId, customerId, productCode, globalInstanceId],
    );
    await client.query(
      `INSERT INTO tenant_gate AS gate (tenant_id, state, home_epoch, moved_to) VALUES ($1, 'INCOMING', $2, $3)
       ON CONFLICT (tenant_id) DO UPDATE SET state = 'INCOMING', moved_to = EXCLUDED.moved_to
       WHERE gate.state = 'MOVED'`,
      [instanceId, gate.homeEpoch, databaseId],
    );
  });
}

/** De lo que quede se borra todo, menos si es la casa: entonces quien deshace se ha saltado la vuelta. */
async function clear(target: OperationRun): Promise<void> {
  const { instanceId } = target.input;
  const client = await target.home();
  const gate = await readGate(client, instanceId);
  if (gate === undefined) return;
  if (isHome(gate)) throw new TypeError('se quiere borrar la casa en la que vive el inquilino');
  if (isEnterprise(target)) return await untilNobodyIsInside(client, instanceId);
  await leaveDatabase(client, instanceId, 'gone');
}

/** El destino, vacío y a la espera. */
export const prepareMove: Step = {
  name: 'prepare',
  observe: () => Promise.resolve('missing'),
  async act(run) {
    const target = there(run);
    await refuseBehind(run);
    await ensure(reserve, target);
    await ensure(createTenantDatabase, target);
    await ensure(applyMigrations, target);
    await expectTenant(run);
    const { databaseId } = await reservedHome(target);
    run.note(`The database ${databaseId} is ready.`);
  },
  async tells(run) {
    const home = await reservedHome(there(run));
    return [(head) => tell(tenantMovePrepared, { ...head, ...home })];
  },
  async undo(run) {
    const target = there(run);
    if (await databaseExists(target)) await clear(target);
    await createTenantDatabase.undo(target);
    await reserve.undo(target);
  },
};
