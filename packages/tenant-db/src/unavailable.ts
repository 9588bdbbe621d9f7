import { DomainError } from '@farutech/kernel/errors';
import { Prisma } from '@farutech/prisma/tenant';

/** No llega, se cortó, no cabe, o no hubo sitio a tiempo (Prisma); o un cerrojo que no se soltó (PostgreSQL). */
const outOfReach: ReadonlySet<string> = new Set([
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
  'P2037',
]);
const outOfReachInPostgres: ReadonlySet<string> = new Set(['55P03', '57P01', '57P03', '53300']);
const outOfReachKinds: ReadonlySet<string> = new Set([
  'DatabaseNotReachable',
  'SocketTimeout',
  'ConnectionClosed',
  'TooManyConnections',
]);

interface Traced {
  readonly kind?: unknown;
  readonly originalCode?: unknown;
  readonly code?: unknown;
  readonly detail?: unknown;
}

/** The driver tells the failure inside `cause`, or `meta.driverAdapterError.cause`. */
export function causesOf(error: Error): readonly Traced[] {
  const meta = error instanceof Prisma.PrismaClientKnownRequestError ? error.meta : undefined;
  const driver = meta?.driverAdapterError;
  return [error.cause, driver instanceof Error ? driver.cause : undefined].filter(
    (cause): cause is Traced => typeof cause === 'object' && cause !== null,
  );
}

/** Whether the tenant's database could not be reached, or not in time: the fault of nobody's input. */
export function isOutOfReach(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof Prisma.PrismaClientKnownRequestError && outOfReach.has(error.code)) return true;
  if (/^timeout exceeded when trying to connect/.test(error.message)) return true;
  return causesOf(error).some(
    ({ kind, originalCode, code }) =>
      outOfReachKinds.has(String(kind)) ||
      outOfReachInPostgres.has(String(originalCode ?? code)) ||
      ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT'].includes(String(code)),
  );
}

export const unavailable = (cause: unknown): DomainError =>
  Object.assign(
    new DomainError('UNAVAILABLE', "The tenant's database does not answer just now. Try again in a moment."),
    { cause },
  );
