import type { Logger } from './logger.ts';

/** Kubernetes da 30 s por omisión; lo que no ha cerrado en 10 s no va a cerrar. */
const hardExitMs = 10_000;

interface Closer {
  readonly close: () => Promise<void>;
  readonly log: Logger;
}

const closers: Closer[] = [];
let closing = false;

async function closeAll(signal: NodeJS.Signals): Promise<number> {
  let failed = false;
  for (const { close, log } of [...closers].reverse()) {
    log.info({ signal }, 'shutting down');
    try {
      await close();
    } catch (error) {
      failed = true;
      log.error({ err: error }, 'shutdown failed');
    }
  }
  return failed ? 1 : 0;
}

function stop(signal: NodeJS.Signals): void {
  // Ctrl-C llega a la vez de la terminal y de quien lanzó el proceso: la segunda señal no corta el cierre.
  if (closing) return;
  closing = true;
  setTimeout(() => {
    closers.at(-1)?.log.fatal({ hardExitMs }, 'shutdown did not end in time');
    process.exit(1);
  }, hardExitMs).unref();
  void closeAll(signal).then((code) => process.exit(code || Number(process.exitCode ?? 0)));
}

/**
 * Runs `close` once on SIGINT or SIGTERM, then ends the process: code 0, or 1 when closing failed or took
 * more than 10 s. Several registrations end one after the other, the last registered first.
 */
export function onShutdown(close: () => Promise<void>, log: Logger): void {
  if (closers.length === 0) {
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  }
  closers.push({ close, log });
}
