import { DomainError } from '@farutech/kernel/errors';
import type { Logger } from '@farutech/runtime/logger';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { variableFault } from './variable-fault.ts';

const statuses: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  UNAVAILABLE: 503,
  QUERY_TOO_COMPLEX: 400,
};

const masked = 'Something went wrong on our side. Quote the correlation id.';

const statusOf = (code: string): number => statuses[code] ?? 400;

export function asGraphQLError(error: DomainError): GraphQLError {
  return new GraphQLError(error.message, {
    originalError: error,
    extensions: {
      code: error.code,
      ...(error.field !== undefined && { field: error.field }),
      http: { status: statusOf(error.code) },
    },
  });
}

function codeOf(error: GraphQLError | GraphQLFormattedError): string | null {
  const code = error.extensions?.code;
  return typeof code === 'string' ? code : null;
}

/**
 * Lo que ve un cliente: mensaje, camino, y code, field y correlationId. Lo que puso un subgrafo pasa; lo que
 * no trae code es un fallo nuestro: se registra una vez y se tapa.
 */
export function shownError(
  error: GraphQLError | GraphQLFormattedError,
  correlationId: string,
  log: Logger,
): GraphQLFormattedError {
  const fault = variableFault(error);
  const original = error instanceof GraphQLError ? error.originalError : undefined;
  const code =
    fault !== null
      ? 'VALIDATION_FAILED'
      : (codeOf(error) ?? (original instanceof DomainError ? original.code : null));
  const place = {
    ...(error.path && { path: error.path }),
    ...(error.locations && { locations: error.locations }),
  };
  if (code === null || code === 'INTERNAL_SERVER_ERROR' || code === 'DOWNSTREAM_SERVICE_ERROR') {
    log.error({ err: original ?? error, correlationId }, 'request failed');
    return { message: masked, ...place, extensions: { code: 'INTERNAL', correlationId } };
  }
  // serviceName dice cómo estamos hechos por dentro, y stacktrace por dónde; http es para la respuesta.
  const { serviceName: _name, stacktrace: _stack, http: _http, ...extensions } = error.extensions ?? {};
  return {
    message: fault?.message ?? error.message,
    ...place,
    extensions: { correlationId, ...extensions, code, ...(fault !== null && { field: fault.field }) },
  };
}
