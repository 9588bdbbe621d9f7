import { PermanentError } from '@farutech/kernel/errors';
import type { Secret } from '@farutech/kernel/secret';
import type { DatabaseTier } from './job.ts';
import type { OperationRun } from './step.ts';
import { connectionOwner } from './tenant-names.ts';

interface Reservation {
  readonly database_name: string;
  readonly connection_cipher: string | null;
}

/** Lo reservado para este inquilino en el nivel del que se habla, y no soltado. */
export async function readReservation({ pool, input, tier }: OperationRun): Promise<Reservation | undefined> {
  const { rows } = await pool.query<Reservation>(
    `SELECT database_name, connection_cipher FROM tenant_database
     WHERE instance_id = $1 AND tier = $2 AND released_at IS NULL`,
    [input.instanceId, tier],
  );
  return rows[0];
}

const missing = (): PermanentError =>
  new PermanentError(
    'RESERVATION_MISSING',
    'The names reserved for this instance are gone. Provision it again.',
  );

/** La casa reservada, como la cuentan los hechos. */
export async function reservedHome(run: OperationRun): Promise<{
  readonly databaseId: string;
  readonly databaseTier: DatabaseTier;
  readonly connectionCiphertext: string | null;
}> {
  const reserved = await readReservation(run);
  if (reserved === undefined) throw missing();
  return {
    databaseId: reserved.database_name,
    databaseTier: run.tier,
    connectionCiphertext: reserved.connection_cipher,
  };
}

/** La cadena de conexión reservada. Solo vale si nombra un servidor de la lista. */
export async function reservedConnection(run: OperationRun): Promise<Secret> {
  const { cipher, input, tenantHosts } = run;
  const ciphertext = (await readReservation(run))?.connection_cipher;
  if (ciphertext === undefined || ciphertext === null) throw missing();
  const connection = cipher.decrypt(ciphertext, connectionOwner(input.instanceId));
  const { host } = new URL(connection.reveal());
  if (!tenantHosts.includes(host)) {
    throw new PermanentError(
      'HOST_NOT_ALLOWED',
      `${host} is not in TENANT_HOSTS. Add it there, or provision again.`,
    );
  }
  return connection;
}
