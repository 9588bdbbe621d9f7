import { createLogger } from '@farutech/runtime/logger';
import { onShutdown } from '@farutech/runtime/shutdown';
import { readConfig } from './config.ts';
import { startWorkers } from './start.ts';

const log = createLogger('workers');
try {
  const config = readConfig();
  const workers = await startWorkers(config, log);
  onShutdown(() => workers.close(), log);
  log.info({ worker: config.worker }, 'ready');
} catch (error) {
  log.fatal({ err: error }, 'the workers could not start');
  process.exit(1);
}
