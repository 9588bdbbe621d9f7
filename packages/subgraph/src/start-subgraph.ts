import { fastifyApolloHandler } from '@as-integrations/fastify';
import { healthRoutes } from '@farutech/runtime/health';
import { createInternalTokenVerifier } from '@farutech/runtime/internal-token';
import websocket from '@fastify/websocket';
import fastify, { type FastifyInstance } from 'fastify';
import { drainSockets } from './drain-sockets.ts';
import type { EventStream } from './event-stream.ts';
import { apolloServer, httpContext } from './http-server.ts';
import { correlationIdOf } from './open-request.ts';
import { operationMetrics } from './operation-metrics.ts';
import { operationRules } from './operation-rules.ts';
import type { RequestBase } from './request-context.ts';
import { socketHandler } from './socket-server.ts';
import type { SubgraphOptions, SubgraphParts } from './subgraph-options.ts';

/** Un lote de `_entities` lleva cientos de representaciones; lo que manda un cliente lo limita el gateway. */
const bodyLimitBytes = 4 * 1024 * 1024;
/** Una suscripción es pequeña: el documento del cliente (256 KB como mucho) más lo que añade el gateway. */
const frameLimitBytes = 1024 * 1024;

export interface RunningSubgraph {
  readonly url: string;
  readonly wsUrl: string;
  /** Sockets are told to go elsewhere (1001), requests under way are answered, the port is freed. */
  close(): Promise<void>;
}

/** Lo que falla antes de llegar a GraphQL (cuerpo que no es JSON, demasiado grande) habla su mismo idioma. */
function speakGraphQL(
  app: FastifyInstance,
  { log }: { readonly log: SubgraphOptions<RequestBase>['log'] },
): void {
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const correlationId = correlationIdOf(request.headers['x-correlation-id']);
    const status = error.statusCode ?? 500;
    const refused = status < 500;
    if (!refused) log.error({ err: error, correlationId }, 'request failed');
    const message = refused ? error.message : 'Something went wrong on our side. Quote the correlation id.';
    const code = refused ? 'BAD_REQUEST' : 'INTERNAL';
    return reply.code(status).send({ errors: [{ message, extensions: { code, correlationId } }] });
  });
}

/**
 * Serves a federated schema on one port: `POST /graphql`, graphql-transport-ws on the same path, `/health/*`
 * and `/metrics`. Only operations with the gateway's internal token are run.
 */
export async function startSubgraph<C extends RequestBase>(
  options: SubgraphOptions<C>,
): Promise<RunningSubgraph> {
  const { schema, host, port, internalTokenSecret, createContext, health, log } = options;
  const live = new Set<EventStream>();
  const parts: SubgraphParts<C> = {
    schema,
    rules: operationRules(),
    verifier: createInternalTokenVerifier(internalTokenSecret),
    createContext,
    metrics: operationMetrics(options.metrics, () => live.size),
    log,
  };
  const server = apolloServer(parts);
  await server.start();
  const app = fastify({ bodyLimit: bodyLimitBytes });
  speakGraphQL(app, options);
  await app.register(websocket, {
    options: { maxPayload: frameLimitBytes },
    errorHandler: (error, socket) => {
      log.warn({ err: error }, 'socket failed');
      socket.terminate();
    },
    preClose: () => drainSockets(app.websocketServer, live),
  });
  healthRoutes(app, health, options.metrics);
  app.route({ method: 'GET', url: '/graphql', websocket: true, handler: socketHandler(parts, live) });
  app.route({
    method: 'POST',
    url: '/graphql',
    handler: fastifyApolloHandler(server, { context: httpContext(parts) }),
  });
  const address = await app.listen({ host, port });
  log.info({ subgraph: options.name, address }, 'subgraph listens');
  return {
    url: `${address}/graphql`,
    wsUrl: `${address.replace(/^http/, 'ws')}/graphql`,
    async close() {
      await app.close();
      await server.stop();
    },
  };
}
