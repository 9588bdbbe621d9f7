import { ConfigurationError } from '@farutech/runtime/production';
import pg from 'pg';
import { demoPassword, operator } from './demo/accounts.ts';
import { openIdentity } from './identity-database.ts';
import { LaunchError } from './launch-error.ts';
import { stackSecrets } from './secrets.ts';
import { readSettings } from './settings.ts';
import { runningStack, type StackFile } from './stack-file.ts';
import { appToken, personToken } from './tokens.ts';

// make token AS=operator@farutech.test · make token APP=<instanceId>: el token, y nada más, en la salida.

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

async function token(stack: StackFile, dataDir: string): Promise<string> {
  const app = process.env.APP ?? '';
  if (app === '') return await personToken(stack.identityUrl, process.env.AS || operator, demoPassword);
  const identity = openIdentity(stack.databases.identity ?? '');
  try {
    return await appToken(stack.identityUrl, identity, {
      instanceId: app.toLowerCase(),
      tenantId: await customerOf(stack, app),
      stackSecret: stackSecrets(dataDir).internalToken,
    });
  } finally {
    await identity.$disconnect();
  }
}

try {
  const { dataDir } = readSettings();
  const stack = runningStack(dataDir);
  if (stack === undefined) throw new LaunchError('nothing runs here yet: make up');
  process.stdout.write(`${await token(stack, dataDir)}\n`);
} catch (error) {
  if (!(error instanceof LaunchError || error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
