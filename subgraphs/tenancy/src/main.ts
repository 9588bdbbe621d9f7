import { createLogger } from '@farutech/runtime/logger';
import { onShutdown } from '@farutech/runtime/shutdown';
import { parseTenancyConfig } from './config.ts';
import { startTenancy } from './start.ts';

const log = createLogger('tenancy');
try {
  const tenancy = await startTenancy(parseTenancyConfig(), log);
  onShutdown(() => tenancy.close(), log);
  log.info({ url: tenancy.url }, 'ready');
} catch (error) {
  log.fatal({ err: error }, 'tenancy could not start');
  process.exit(1);
}
