import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { formatError } from './errors.ts';
import { correlationIdOf, openRequest } from './open-request.ts';
import type { OperationMetrics } from './operation-metrics.ts';
import type { RequestBase } from './request-context.ts';
import type { SubgraphParts } from './subgraph-options.ts';

/** Apollo da formato sin el contexto; aquí, al salir la respuesta, ya se conoce el id de correlación. */
function plugin<C extends RequestBase>(metrics: OperationMetrics): ApolloServerPlugin<C> {
  return {
    requestDidStart() {
      const startedAt = performance.now();
      return Promise.resolve({
        willSendResponse({ errors, response, contextValue, operation }) {
          metrics.observe(operation?.operation ?? 'unknown', startedAt);
          if (errors !== undefined && response.body.kind === 'single') {
            const shown = errors.map((error) => formatError(error, contextValue));
            metrics.countErrors(shown);
            response.body.singleResult.errors = shown;
          }
          return Promise.resolve();
        },
      });
    },
  };
}

export function apolloServer<C extends RequestBase>({
  schema,
  rules,
  metrics,
  log,
}: SubgraphParts<C>): ApolloServer<C> {
  return new ApolloServer<C>({
    schema,
    logger: log,
    // Si no, Apollo se mata con la misma señal al parar y nadie más llega a cerrar.
    stopOnTerminationSignals: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    // La introspección se decide en `rules`, igual para HTTP y sockets.
    introspection: true,
    validationRules: [...rules.extra],
    parseOptions: { maxTokens: rules.maxTokens },
    plugins: [
      plugin<C>(metrics),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

/** The context of an HTTP operation: its headers, or the refusal already in its shown form. */
export const httpContext =
  <C extends RequestBase>({ verifier, createContext, log, metrics }: SubgraphParts<C>) =>
  async (request: FastifyRequest): Promise<C> => {
    const correlationId = correlationIdOf(request.headers['x-correlation-id']);
    const bound = log.child({ correlationId });
    try {
      const word = {
        internalToken: request.headers['x-farutech-internal'],
        correlationId,
        traceparent: request.headers.traceparent,
      };
      return createContext(await openRequest(word, verifier, bound));
    } catch (error) {
      const shown = formatError(error, { correlationId, log: bound });
      metrics.countErrors([shown]);
      const status = shown.extensions?.code === 'UNAUTHENTICATED' ? 401 : 500;
      throw new GraphQLError(shown.message, { extensions: { ...shown.extensions, http: { status } } });
    }
  };
