import { ConfigurationError } from '@farutech/runtime/production';
import { LaunchError } from './launch-error.ts';
import { readSettings } from './settings.ts';
import { runningStack } from './stack-file.ts';
import { stackToken } from './stack-token.ts';

// make token AS=operator@farutech.test · make token APP=<instanceId>: el token, y nada más, en la salida.

try {
  const { dataDir } = readSettings();
  const stack = runningStack(dataDir);
  if (stack === undefined) throw new LaunchError('nothing runs here yet: make up');
  const { APP: app = '', AS: as = '' } = process.env;
  const holder = app === '' ? { as: as === '' ? undefined : as } : { app };
  process.stdout.write(`${await stackToken(stack, dataDir, holder)}\n`);
} catch (error) {
  if (!(error instanceof LaunchError || error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
