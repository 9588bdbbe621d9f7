import { PermanentError } from '@farutech/kernel/errors';
import type { Secret } from '@farutech/kernel/secret';
import type { OperationRun } from './step.ts';
import { connectionOwner } from './tenant-names.ts';

interface Reservation {
  readonly database_name: string;
  readonly connection_cipher: string | null;
}

/** Lo reservado para este inquilino y no soltado. */
export async function readReservation({ pool, input }: OperationRun): Promise<Reservation | undefined> {
  const { rows } = await pool.query<Reservation>(
    'SELECT database_name, connection_cipher FROM tenant_database WHERE instance_id = $1 AND released_at IS NULL',
    [input.instanceId],
  );
  return rows[0];
}

/** La cadena de conexión reservada. Solo vale si nombra un servidor de la lista. */
export async function reservedConnection(run: OperationRun): Promise<Secret> {
  const { cipher, input, tenantHosts } = run;
  const ciphertext = (await readReservation(run))?.connection_cipher;
  if (ciphertext === undefined || ciphertext === null) {
    throw new PermanentError(
      'RESERVATION_MISSING',
      'The names reserved for this instance are gone. Provision it again.',
    );
  }
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
