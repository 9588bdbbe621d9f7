import { createLogger } from '@farutech/runtime/logger';
import { onShutdown } from '@farutech/runtime/shutdown';
import { parseCatalogConfig } from './config.ts';
import { startCatalog } from './start.ts';

const log = createLogger('catalog');
try {
  const catalog = await startCatalog(parseCatalogConfig(), log);
  onShutdown(() => catalog.close(), log);
  log.info({ url: catalog.url }, 'ready');
} catch (error) {
  log.fatal({ err: error }, 'catalog could not start');
  process.exit(1);
}
