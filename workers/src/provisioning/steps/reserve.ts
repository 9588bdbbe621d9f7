import { readReservation } from '../reservation.ts';
import { isEnterprise, type Step } from '../step.ts';
import {
  connectionOwner,
  makeConnectionString,
  sharedDatabaseId,
  tenantDatabaseName,
} from '../tenant-names.ts';

/** Los nombres y la contraseña se escriben antes de crear nada: así lo que quede a medias siempre se encuentra. */
export const reserve: Step = {
  name: 'reserve',
  observe: async (run) => ((await readReservation(run)) === undefined ? 'missing' : 'done'),
  async act(run) {
    const { instanceId } = run.input;
    const [host] = run.tenantHosts;
    if (host === undefined) throw new TypeError('TENANT_HOSTS está vacía');
    const own = isEnterprise(run);
    const name = own ? tenantDatabaseName(instanceId) : sharedDatabaseId;
    const connection = own
      ? run.cipher.encrypt(makeConnectionString(instanceId, host), connectionOwner(instanceId))
      : null;
    await run.guarded((tx) =>
      tx.query(
        `INSERT INTO tenant_database AS held (instance_id, database_name, role_name, tier, connection_cipher, reserved_at)
         VALUES ($1, $2, $3, $4, $5, now())
         ON CONFLICT (instance_id, tier) DO UPDATE SET database_name = EXCLUDED.database_name,
           role_name = EXCLUDED.role_name, connection_cipher = EXCLUDED.connection_cipher, reserved_at = now(),
           released_at = NULL, drop_after = NULL
         WHERE held.released_at IS NOT NULL`,
        [instanceId, name, own ? name : null, run.tier, connection],
      ),
    );
  },
  async undo(run) {
    await run.guarded((tx) =>
      tx.query(
        `UPDATE tenant_database SET released_at = now(), connection_cipher = NULL
         WHERE instance_id = $1 AND tier = $2 AND released_at IS NULL`,
        [run.input.instanceId, run.tier],
      ),
    );
  },
};
