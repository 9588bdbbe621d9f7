import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { DomainError } from '@farutech/kernel/errors';
import type { Logger } from '@farutech/runtime/logger';
import { OperationTypeNode } from 'graphql';
import { asGraphQLError, shownError } from './errors.ts';
import type { FederatedGateway } from './federated-gateway.ts';
import { isIntrospection, limits } from './limits/structure.ts';
import type { GatewayContext } from './request-context.ts';

export interface ApolloOptions {
  readonly federation: FederatedGateway;
  readonly supergraphSdl: string;
  readonly introspection: boolean;
  readonly log: Logger;
}

type GatewayInterface = NonNullable<ConstructorParameters<typeof ApolloServer>[0]['gateway']>;

/** Apollo Server pide un gateway: el nuestro, visto por su interfaz. */
function asApolloGateway({ federation, supergraphSdl }: ApolloOptions): GatewayInterface {
  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: federation.apiSchema, coreSupergraphSdl: supergraphSdl });
      return federation.onReload((apiSchema, coreSupergraphSdl) =>
        callback({ apiSchema, coreSupergraphSdl }),
      );
    },
    load: () =>
      Promise.resolve({
        executor: async ({ document, request, context }) => {
          const { data, errors, extensions } = await federation.execute({
            document,
            operationName: request.operationName,
            variables: request.variables,
            context,
          });
          return {
            ...(data !== undefined && { data }),
            ...(errors && { errors }),
            ...(extensions && { extensions }),
          };
        },
      }),
    stop: () => Promise.resolve(),
  };
}

const onlyOverSockets = new DomainError(
  'VALIDATION_FAILED',
  'Subscriptions run over graphql-transport-ws on this same path.',
  'query',
);

/** Sin espectador solo se puede preguntar por el esquema, y solo donde se enseña. */
function admission(introspection: boolean): ApolloServerPlugin<GatewayContext> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ operation, contextValue }) => {
        if (operation?.operation === OperationTypeNode.SUBSCRIPTION) throw asGraphQLError(onlyOverSockets);
        if (contextValue.refusal === null) return;
        if (introspection && operation !== undefined && isIntrospection(operation)) return;
        throw asGraphQLError(contextValue.refusal);
      },
    }),
  };
}

/** Lo último que pasa: con lo que ya es respuesta, y con el hilo que la une a los registros. */
function errorsShown(log: Logger): ApolloServerPlugin<GatewayContext> {
  return {
    requestDidStart: async () => ({
      willSendResponse: async ({ response, contextValue, errors }) => {
        if (response.body.kind !== 'single') return;
        const { singleResult } = response.body;
        if (singleResult.errors === undefined) return;
        singleResult.errors = singleResult.errors.map((formatted, index) =>
          shownError(errors?.[index] ?? formatted, contextValue.correlationId, log),
        );
      },
    }),
  };
}

export function createApolloServer(options: ApolloOptions): ApolloServer<GatewayContext> {
  const { introspection, log } = options;
  return new ApolloServer<GatewayContext>({
    gateway: asApolloGateway(options),
    introspection,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    parseOptions: { maxTokens: limits.tokens },
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    status400ForVariableCoercionErrors: true,
    stopOnTerminationSignals: false,
    logger: log,
    plugins: [ApolloServerPluginLandingPageDisabled(), admission(introspection), errorsShown(log)],
  });
}
