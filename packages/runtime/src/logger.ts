import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

const maxCauses = 5;

/** Solo estos campos: los errores de pg y de HTTP llevan colgadas filas, cabeceras y opciones de conexión. */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error ? error.code : undefined;
  return {
    type: error.name,
    code: typeof code === 'string' || typeof code === 'number' ? code : undefined,
    message: error.message,
    stack: error.stack,
    cause: error.cause !== undefined && depth < maxCauses ? describeError(error.cause, depth + 1) : undefined,
    errors:
      error instanceof AggregateError && depth < maxCauses
        ? error.errors.slice(0, maxCauses).map((one) => describeError(one, depth + 1))
        : undefined,
  };
}

const passwordInUrl = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"\\]*):[^\s/@"\\]+@/gi;
const jsonWebToken = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g;

/**
 * La red bajo `Secret`: una cadena de conexión o un token dentro del texto de un error ajeno. Se mira la
 * línea ya escrita, porque las rutas de `redact` no llegan al tercer nivel, a las listas ni al texto.
 */
const redactLine = (line: string): string =>
  line.replace(passwordInUrl, '$1:[REDACTED]@').replace(jsonWebToken, '[REDACTED]');

/**
 * One JSON line per entry on standard output, or on `destination`. LOG_LEVEL sets the least level (info).
 * Errors go under `err` or `error`, with code, message, stack and cause. Passwords inside connection strings
 * and tokens are blotted out; anything else secret must be a `Secret`.
 */
export function createLogger(name: string, destination?: DestinationStream): Logger {
  const options = {
    name,
    level: process.env.LOG_LEVEL || 'info',
    serializers: { err: describeError, error: describeError },
    hooks: { streamWrite: redactLine },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
