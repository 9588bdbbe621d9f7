import { TransientError } from '@farutech/kernel/errors';
import type { Logger } from '@farutech/runtime/logger';
import type { SharedTenants } from '../shared-tenants.ts';
import { movesUnderWay } from './moves-under-way.ts';

const askAgainMs = 30_000;

/**
 * Deja al día la base compartida al arrancar. Si hay traslados en marcha, el trabajador arranca igual (es él quien los
 * acaba) y la migra en cuanto terminan. Da con qué dejar de intentarlo.
 */
export async function prepareWhenStill(shared: SharedTenants, log: Logger): Promise<() => void> {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  async function attempt(): Promise<void> {
    try {
      await shared.prepare();
    } catch (error) {
      if (!(error instanceof TransientError && error.code === movesUnderWay)) throw error;
      log.warn({ err: error }, 'the shared database is not migrated yet');
      if (!stopped) timer = setTimeout(again, askAgainMs);
    }
  }
  const again = (): void => {
    attempt().catch((error: unknown) => {
      log.error({ err: error }, 'the shared database could not be migrated');
      if (!stopped) timer = setTimeout(again, askAgainMs);
    });
  };
  await attempt();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
