import { createLogger, type Logger } from '../../packages/runtime/src/logger.ts';

/** Para lo que una prueba arranca en su proceso: calla, salvo que se pida con LOG_LEVEL=warn para mirar por qué falla. */
export function quietLog(name: string): Logger {
  const log = createLogger(name);
  log.level = process.env.LOG_LEVEL || 'silent';
  return log;
}
