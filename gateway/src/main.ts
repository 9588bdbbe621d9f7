import { createLogger } from '@farutech/runtime/logger';
import { onShutdown } from '@farutech/runtime/shutdown';
import { readGatewayConfig } from './config.ts';
import { startGateway } from './start.ts';

const log = createLogger('gateway');
try {
  const running = await startGateway(readGatewayConfig(), log);
  log.info({ url: running.url }, 'ready');
  onShutdown(() => running.close(), log);
} catch (error) {
  log.fatal({ err: error }, 'the gateway did not start');
  process.exitCode = 1;
}
