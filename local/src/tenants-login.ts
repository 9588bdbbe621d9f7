import { scramVerifier } from '@farutech/workers/provisioning/scram-verifier';
import { sharedRole } from '@farutech/workers/provisioning/tenant-names';
import pg from 'pg';

/** Con quién entra tenancy en la base compartida: no es dueño de nada y lo que puede le viene de farutech_app. */
const login = 'farutech_tenancy';
const attributes = 'NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS';
/** Cualquier número: dos arranques a la vez sobre un servidor no pueden tocar el mismo rol (XX000). */
const rolesLock = 4_207_012;

async function ensureRoles(client: pg.Client, password: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT rolname AS name FROM pg_roles WHERE rolname = ANY($1)',
    [[sharedRole, login]],
  );
  const known = rows.map(({ name }) => name);
  const verifier = await scramVerifier(password);
  if (!known.includes(sharedRole)) await client.query(`CREATE ROLE ${sharedRole} NOLOGIN ${attributes}`);
  // La contraseña es la de esta pila, que pudo perder su secrets.json y hacer otro.
  await client.query(
    known.includes(login)
      ? // Nombrar aquí NOSUPERUSER lo negaría a un administrador que no es superusuario.
        `ALTER ROLE ${login} LOGIN PASSWORD '${verifier}'`
      : `CREATE ROLE ${login} LOGIN ${attributes} PASSWORD '${verifier}'`,
  );
  await client.query(`GRANT ${sharedRole} TO ${login}`);
}

/** Deja el rol listo y da la dirección con la que tenancy entra en la compartida. */
export async function prepareTenantsLogin(tenantsUrl: string, password: string): Promise<string> {
  const client = new pg.Client({ connectionString: tenantsUrl, application_name: 'tenants-login' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [rolesLock]);
    await ensureRoles(client, password);
  } finally {
    await client.end();
  }
  const url = new URL(tenantsUrl);
  url.username = login;
  url.password = password;
  return url.toString();
}
