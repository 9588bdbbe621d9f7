import { createLogger, type Logger } from '@farutech/runtime/logger';

/** Guarda las líneas en vez de escribirlas, por si una prueba quiere leerlas. */
export function quietLog(lines: string[] = []): Logger {
  return createLogger('test', { write: (line) => lines.push(line) });
}
