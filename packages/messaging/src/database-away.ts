/** Lo que dice Node cuando nadie contesta al otro lado. */
const inNode = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
]);
/** Conexiones (clase 08), apagándose o arrancando (57P), sin sitio para otra conexión. */
const inPostgres = /^(?:08...|57P0[123]|53300)$/;
const inPrisma = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037']);
const inDriver = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);
/** Lo que pg y Prisma dicen sin código. */
const inWords =
  /^Connection terminated|^timeout exceeded when trying to connect|connection error and is not queryable|Unable to start a transaction in the given time/;

interface Traced {
  readonly kind?: unknown;
  readonly code?: unknown;
  readonly originalCode?: unknown;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Prisma guarda el fallo del controlador en `meta.driverAdapterError.cause`; el propio controlador, en `cause`. */
function driverCauseOf(error: object): Traced | undefined {
  const meta = 'meta' in error ? error.meta : undefined;
  const driver = isObject(meta) && 'driverAdapterError' in meta ? meta.driverAdapterError : error;
  const cause = isObject(driver) && 'cause' in driver ? driver.cause : undefined;
  return isObject(cause) ? cause : undefined;
}

const isConnectionCode = (code: unknown): boolean =>
  typeof code === 'string' && (inNode.has(code) || inPrisma.has(code) || inPostgres.test(code));

/**
 * Whether PostgreSQL could not be reached, or cut the connection: what pg and Prisma throw for it. An error of
 * ours around one of those (TransientError and its kin) says for itself what it is, and is not looked into.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'TransientError' || error.name === 'PermanentError') return false;
  if (inWords.test(error.message)) return true;
  if ('code' in error && isConnectionCode(error.code)) return true;
  const ofPrisma = error.name.startsWith('Prisma') || error.name === 'DriverAdapterError';
  const cause = ofPrisma ? driverCauseOf(error) : undefined;
  if (cause === undefined) return false;
  return inDriver.has(String(cause.kind)) || isConnectionCode(cause.originalCode ?? cause.code);
}
