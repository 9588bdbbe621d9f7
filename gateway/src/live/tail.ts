import '../telemetry-off.ts';
import { executeQueryPlan, type GraphQLDataSource, type ServiceMap } from '@apollo/gateway';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { eventService, type LiveOperation } from './compile.ts';
import type { Frame } from './ring.ts';
import type { UpstreamEvent } from './transport.ts';

export type DataSources = ReadonlyMap<string, GraphQLDataSource>;
type RequestContext = Parameters<typeof executeQueryPlan>[2];

/** Lo que executeQueryPlan lee de una petición, y nada más. */
export function requestContextOf(
  request: {
    query: string;
    variables: Readonly<Record<string, unknown>>;
    operationName?: string | undefined;
  },
  context: unknown,
): RequestContext {
  const quiet = (): void => undefined;
  return {
    request,
    context: context ?? {},
    metrics: {},
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  } as unknown as RequestContext;
}

function fromService(error: GraphQLError, service: string): GraphQLError {
  if (error.extensions.serviceName !== eventService) return error;
  return new GraphQLError(error.message, {
    ...(error.path && { path: error.path }),
    extensions: { ...error.extensions, serviceName: service },
  });
}

function cursorOf(operation: LiveOperation, event: UpstreamEvent): string | null {
  if (operation.resume === null) return null;
  const root = event.data?.[operation.rootKey];
  if (typeof root !== 'object' || root === null) return null;
  const cursor = (root as Record<string, unknown>)[operation.resume.cursorKey];
  return typeof cursor === 'string' ? cursor : null;
}

/** Acaba un suceso: el resto del plan, una vez por suceso y grupo, con la identidad de su alcance. */
export async function finish(
  operation: LiveOperation,
  event: UpstreamEvent,
  variables: Readonly<Record<string, unknown>>,
  sources: DataSources,
  context: unknown,
): Promise<Frame> {
  // Antes de ejecutar: las uniones escriben sobre los mismos objetos del suceso.
  const cursor = cursorOf(operation, event);
  const services: ServiceMap = {
    ...Object.fromEntries(sources),
    [eventService]: {
      process: () =>
        Promise.resolve({ data: event.data ?? null, ...(event.errors && { errors: event.errors }) }),
    },
  };
  const { loaded } = operation;
  const { data, errors } = (await executeQueryPlan(
    operation.perEvent,
    services,
    requestContextOf({ query: operation.plain.text, variables }, context),
    operation.context,
    loaded.supergraphSchema,
    loaded.federationApiSchema,
  )) as ExecutionResult;
  const result: ExecutionResult = {
    ...(data !== undefined && { data }),
    ...(errors && { errors: errors.map((error) => fromService(error, operation.service)) }),
  };
  return { cursor, result };
}
