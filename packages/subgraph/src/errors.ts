import { DomainError } from '@farutech/kernel/errors';
import type { Logger } from '@farutech/runtime/logger';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { inputFault } from './input-fault.ts';

/** Where an error is told: the client quotes the id, and the log finds it by the same id. */
export interface ErrorReport {
  readonly correlationId: string;
  /** Bound to the correlation id already. */
  readonly log: Logger;
}

const masked = 'Something went wrong on our side. Quote the correlation id.';

/** Lo que Apollo y graphql dicen de una petición mal hecha. Cualquier otro código ajeno se enmascara. */
const requestCodes: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
]);

/** graphql envuelve lo que lanza un resolver, a veces más de una vez. */
function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError !== undefined) cause = cause.originalError;
  return cause;
}

/**
 * The one formatter, for HTTP and sockets: a DomainError is shown with its code and field, a bad variable is
 * VALIDATION_FAILED on its field, a bad document keeps its code; anything else is logged once, here, and
 * shown as INTERNAL without its text. Each carries the correlation id.
 */
export function formatError(error: unknown, { correlationId, log }: ErrorReport): GraphQLFormattedError {
  const located = error instanceof GraphQLError ? error : undefined;
  const shown = (message: string, code: string, field?: string): GraphQLFormattedError => ({
    message,
    ...(located?.locations && { locations: located.locations }),
    ...(located?.path && { path: located.path }),
    extensions: { code, ...(field !== undefined && { field }), correlationId },
  });

  const cause = causeOf(error);
  if (cause instanceof DomainError) return shown(cause.message, cause.code, cause.field);
  if (located !== undefined && cause instanceof GraphQLError) {
    const fault = inputFault(located);
    if (fault !== undefined) return shown(fault.message, 'VALIDATION_FAILED', fault.field);
    const { code } = located.extensions;
    if (typeof code === 'string' && requestCodes.has(code)) return shown(located.message, code);
  }
  log.error({ err: cause, path: located?.path?.join('.') }, 'operation failed');
  return shown(masked, 'INTERNAL');
}

/** Gives a syntax or validation error of graphql the code that Apollo gives it over HTTP. */
export const withCode = (error: GraphQLError, code: string): GraphQLError =>
  new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    originalError: error,
    extensions: { ...error.extensions, code },
  });
