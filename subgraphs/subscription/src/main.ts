import { createLogger } from '@farutech/runtime/logger';
import { onShutdown } from '@farutech/runtime/shutdown';
import { parseSubscriptionConfig } from './config.ts';
import { startSubscription } from './start.ts';

const log = createLogger('subscription');
try {
  const subscription = await startSubscription(parseSubscriptionConfig(), log);
  onShutdown(() => subscription.close(), log);
  log.info({ url: subscription.url }, 'ready');
} catch (error) {
  log.fatal({ err: error }, 'subscription could not start');
  process.exit(1);
}
