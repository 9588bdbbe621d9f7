import type { NewId } from '@farutech/kernel/ids';
import type { TenantTransaction } from '@farutech/tenant-db/tenant-client';
import type { TenantDatabases } from '@farutech/tenant-db/tenant-databases';
import type { TenantDesk } from '../domain/tenant-desk.ts';
import { inTurns } from './in-turns.ts';
import { tenantRecords } from './tenant-records.ts';
import type { TenantWrites } from './tenant-writes.ts';

/** Cualquier número, el mismo en todos los procesos. */
const changeLock = 43;
const lockTimeout = '5s';

export interface TenantDeskParts {
  readonly tenants: TenantDatabases;
  readonly writes: TenantWrites;
  readonly newId: NewId;
  /** El cambio está hecho y su línea de auditoría no se pudo escribir aún: se escribe después. */
  onUnsettled(error: unknown): void;
}

/** El cerrojo es de la base del inquilino: vale entre procesos. Da el número con el que preguntar cómo acabó. */
async function lockTenant(tx: TenantTransaction, tenantId: string): Promise<string> {
  await tx.$executeRaw`SELECT set_config('lock_timeout', ${lockTimeout}, true)`;
  const [row] = await tx.$queryRaw<{ id: string }[]>`
    SELECT pg_current_xact_id()::text AS id, pg_advisory_xact_lock(${changeLock}, hashtext(${tenantId}))::text`;
  if (row === undefined) throw new TypeError('una transacción sin número');
  return row.id;
}

/**
 * Ninguna transacción abarca dos bases. Orden: cambio en la del inquilino sin confirmar → anuncio confirmado en la
 * nuestra, con el número de aquella transacción → confirmación allí → la línea de auditoría ocupa el sitio del
 * anuncio. Si el proceso muere en medio, el anuncio queda y quien pasa después pregunta a PostgreSQL qué fue de esa
 * transacción (settle-tenant-writes.ts). Véase docs/decisions/0012.
 */
export function createTenantDesk({ tenants, writes, newId, onUnsettled }: TenantDeskParts): TenantDesk {
  const inTurn = inTurns();
  return {
    change: (cause, instanceId, admit, work) =>
      // Una ráfaga sobre un inquilino espera aquí y no con conexiones en la mano, que son de todos.
      inTurn(instanceId, async () => {
        admit(await writes.instance(instanceId));
        let id = '';
        const result = await tenants.withTenant(instanceId, async (tx, databaseId) => {
          // Uno por intento: el anuncio del que hubo que repetir se queda hasta que se pregunte por él.
          id = newId();
          const transactionId = await lockTenant(tx, instanceId);
          // Ya con el turno: las plazas del plan son las de ahora, no las de cuando se llegó a la cola.
          const { result: done, audit } = await work(
            tenantRecords(tx, instanceId),
            await writes.instance(instanceId),
          );
          await writes.announce({ id, instanceId, databaseId, transactionId, cause, audit }, admit);
          return done;
        });
        await writes.settle(id).catch(onUnsettled);
        return result;
      }),
  };
}
