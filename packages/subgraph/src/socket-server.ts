import {
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  getOperationAST,
  parse,
  validate,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { makeHandler } from 'graphql-ws/use/@fastify/websocket';
import { type ErrorReport, formatError, withCode } from './errors.ts';
import { type EventStream, openEventStream } from './event-stream.ts';
import { correlationIdOf, openRequest } from './open-request.ts';
import type { RequestBase } from './request-context.ts';
import type { SubgraphParts } from './subgraph-options.ts';

type Refused = readonly GraphQLError[];

const asGraphQLError = (error: unknown): GraphQLError =>
  error instanceof GraphQLError
    ? error
    : new GraphQLError('refused', {
        originalError: error instanceof Error ? error : new Error(String(error)),
      });

function parseOperation(payload: SubscribePayload, maxTokens: number) {
  try {
    return parse(payload.query, { maxTokens });
  } catch (error) {
    throw withCode(asGraphQLError(error), 'GRAPHQL_PARSE_FAILED');
  }
}

/**
 * GraphQL over one socket that serves many viewers: who asks comes with each operation. A refused
 * subscription gets an `error` message before any frame. `live` holds the streams that are open.
 */
export function socketHandler<C extends RequestBase>(parts: SubgraphParts<C>, live: Set<EventStream>) {
  const { schema, rules, verifier, createContext, metrics, log } = parts;
  // Entre los ganchos de una misma operación, graphql-ws solo conserva estos objetos.
  const reports = new WeakMap<SubscribePayload, ErrorReport>();
  const opened = new WeakMap<ExecutionArgs, EventStream>();

  function reportOf(payload: SubscribePayload): ErrorReport {
    const known = reports.get(payload);
    if (known !== undefined) return known;
    const correlationId = correlationIdOf(payload.extensions?.correlationId);
    const report = { correlationId, log: log.child({ correlationId }) };
    reports.set(payload, report);
    return report;
  }

  function shown(payload: SubscribePayload, errors: readonly unknown[]) {
    const formatted = errors.map((error) => formatError(error, reportOf(payload)));
    metrics.countErrors(formatted);
    return formatted;
  }

  async function openStream(args: ExecutionArgs, base: RequestBase): Promise<EventStream | ExecutionResult> {
    const hooks = {
      newContext: () => createContext(base),
      onEnd: (ended: EventStream) => live.delete(ended),
      onLateFailure: (error: unknown) => base.log.error({ err: error }, 'live stream failed on its way out'),
    };
    const stream = await openEventStream(args, hooks);
    if ('next' in stream) live.add(stream);
    return stream;
  }

  async function prepare(payload: SubscribePayload): Promise<ExecutionArgs | Refused> {
    const { correlationId, log: bound } = reportOf(payload);
    const { internalToken, traceparent } = payload.extensions ?? {};
    const base = await openRequest({ internalToken, correlationId, traceparent }, verifier, bound);
    const document = parseOperation(payload, rules.maxTokens);
    const faults = validate(schema, document, rules.all);
    if (faults.length > 0) return faults.map((fault) => withCode(fault, 'GRAPHQL_VALIDATION_FAILED'));
    const operation = getOperationAST(document, payload.operationName);
    if (operation == null) {
      const extensions = { code: 'OPERATION_RESOLUTION_FAILURE' };
      return [new GraphQLError('Unable to identify the operation.', { extensions })];
    }
    const args = {
      schema,
      document,
      operationName: payload.operationName ?? null,
      variableValues: payload.variables ?? null,
      contextValue: createContext(base),
    };
    if (operation.operation === 'subscription') {
      const stream = await openStream(args, base);
      // graphql-ws mandaría esta negativa como un `next`; el protocolo tiene `error` para ella.
      if (!('next' in stream)) return stream.errors ?? [];
      opened.set(args, stream);
    }
    return args;
  }

  return makeHandler({
    async onSubscribe(_socket, _id, payload) {
      const startedAt = performance.now();
      try {
        return await prepare(payload);
      } catch (error) {
        // Si esto se escapara, graphql-ws cerraría el socket de todos los demás.
        return [asGraphQLError(error)];
      } finally {
        metrics.observe('subscribe', startedAt);
      }
    },
    subscribe(args) {
      const stream = opened.get(args);
      if (stream === undefined) throw new TypeError('a subscription is opened in onSubscribe');
      return stream;
    },
    onError: (_socket, _id, payload, errors) => shown(payload, errors),
    onNext(_socket, _id, payload, _args, result): FormattedExecutionResult | undefined {
      const { errors, data, extensions } = result;
      if (errors === undefined) return undefined;
      return {
        ...(data !== undefined && { data }),
        ...(extensions !== undefined && { extensions }),
        errors: shown(payload, errors),
      };
    },
  });
}
