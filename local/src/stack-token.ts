import pg from 'pg';
import { demoPassword, operator } from './demo/accounts.ts';
import { openIdentity } from './identity-database.ts';
import { LaunchError } from './launch-error.ts';
import { stackSecrets } from './secrets.ts';
import type { StackFile } from './stack-file.ts';
import { appToken, personToken } from './tokens.ts';

/** De una persona de la demostración, por su correo, o de la aplicación de una instancia. */
export type TokenHolder = { readonly as?: string | undefined } | { readonly app: string };

async function customerOf(stack: StackFile, instanceId: string): Promise<string> {
  const client = new pg.Client({ connectionString: stack.databases.tenancy });
  await client.connect();
  try {
    const { rows } = await client.query<{ customer_id: string }>(
      'SELECT customer_id FROM tenant_instance WHERE id::text = $1',
      [instanceId.toLowerCase()],
    );
    if (rows[0] === undefined) throw new LaunchError(`there is no instance ${instanceId}`);
    return rows[0].customer_id;
  } finally {
    await client.end();
  }
}

/** Un token de acceso para la pila que corre, pedido a identity como lo pediría quien lo lleva. */
export async function stackToken(stack: StackFile, dataDir: string, holder: TokenHolder): Promise<string> {
  if (!('app' in holder)) return await personToken(stack.identityUrl, holder.as ?? operator, demoPassword);
  const identity = openIdentity(stack.databases.identity ?? '');
  try {
    return await appToken(stack.identityUrl, identity, {
      instanceId: holder.app.toLowerCase(),
      tenantId: await customerOf(stack, holder.app),
      stackSecret: stackSecrets(dataDir).internalToken,
    });
  } finally {
    await identity.$disconnect();
  }
}
