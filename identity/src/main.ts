import { createLogger } from '@farutech/runtime/logger';
import { onShutdown } from '@farutech/runtime/shutdown';
import { readConfig } from './config.ts';
import { startIdentity } from './start.ts';

const log = createLogger('identity');
try {
  const identity = await startIdentity(readConfig(), log);
  onShutdown(() => identity.close(), log);
  log.info({ url: identity.url }, 'ready');
} catch (error) {
  log.fatal({ err: error }, 'identity could not start');
  process.exit(1);
}
