import { fastifyApolloHandler } from '@as-integrations/fastify';
import { DomainError } from '@farutech/kernel/errors';
import { newTraceparent, parseTraceparent } from '@farutech/runtime/correlation';
import { type Health, healthRoutes } from '@farutech/runtime/health';
import type { Logger } from '@farutech/runtime/logger';
import type { Metrics } from '@farutech/runtime/metrics';
import websocket from '@fastify/websocket';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteHandlerMethod,
} from 'fastify';
import { GraphQLError } from 'graphql';
import { handleProtocols } from 'graphql-ws';
import { createApolloServer } from './apollo-server.ts';
import type { Authenticate } from './authenticate.ts';
import { correlationHeader, correlationIdOf } from './correlation-id.ts';
import { asGraphQLError, shownError } from './errors.ts';
import type { FederatedGateway } from './federated-gateway.ts';
import { readOperation } from './limits/read-operation.ts';
import { limits, tooComplex } from './limits/structure.ts';
import { isOriginAllowed } from './origin.ts';
import { type PlaygroundOptions, playgroundRoutes } from './playground.ts';
import type { GatewayContext } from './request-context.ts';
import { createSocketServer } from './socket.ts';

const path = '/graphql';
const goodbyeMs = 2_000;

export interface ServerOptions {
  readonly federation: FederatedGateway;
  readonly supergraphSdl: string;
  readonly authenticate: Authenticate;
  readonly allowedOrigins: readonly string[];
  readonly introspection: boolean;
  readonly playground: PlaygroundOptions;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** Todo en un puerto: HTTP, sockets, Playground, salud y métricas. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { federation, introspection, log } = options;
  const app = fastify({ bodyLimit: limits.bytes, forceCloseConnections: true });
  correlate(app);
  answerErrors(app, log);
  healthRoutes(app, options.health, options.metrics);
  if (introspection) await playgroundRoutes(app, options.playground);
  const apollo = createApolloServer(options);
  await apollo.start();
  await app.register(websocket, {
    options: { maxPayload: limits.bytes, handleProtocols },
    preClose(done) {
      sayGoodbye(this.websocketServer, done);
    },
  });
  graphqlRoutes(app, options, fastifyApolloHandler(apollo, { context: contextFor(options.authenticate) }));
  app.addHook('onClose', () => apollo.stop());
  log.debug({ fields: federation.apiSchema.getQueryType()?.name }, 'gateway assembled');
  return app;
}

/** El hilo nace aquí, o se adopta, y va en toda respuesta: también en las que niegan y en el saludo de un socket. */
function correlate(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header(correlationHeader, correlationIdOf(request.raw));
  });
  app.addHook('onReady', () => {
    app.websocketServer.on('headers', (headers, request) => {
      headers.push(`${correlationHeader}: ${correlationIdOf(request)}`);
    });
  });
}

function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  error: GraphQLError,
  log: Logger,
): FastifyReply {
  const { status } = (error.extensions.http ?? { status: 400 }) as { status: number };
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send({ errors: [shownError(error, correlationIdOf(request.raw), log)] });
}

function asRefusal(error: FastifyError): GraphQLError {
  if (error instanceof GraphQLError) return error;
  if (error.statusCode === 413)
    return tooComplex(`A request carries at most ${limits.bytes / 1024} KB.`, 413);
  const status = error.statusCode ?? 500;
  if (status >= 500)
    return new GraphQLError('failed', { originalError: error, extensions: { http: { status } } });
  return new GraphQLError(error.message, { extensions: { code: 'VALIDATION_FAILED', http: { status } } });
}

function answerErrors(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler((error: FastifyError, request, reply) => refuse(request, reply, asRefusal(error), log));
  app.setNotFoundHandler((request, reply) =>
    refuse(
      request,
      reply,
      new GraphQLError('There is nothing at this address.', {
        extensions: { code: 'NOT_FOUND', http: { status: 404 } },
      }),
      log,
    ),
  );
}

function contextFor(authenticate: Authenticate) {
  return async (request: FastifyRequest): Promise<GatewayContext> => {
    const { traceparent, authorization } = request.headers;
    const given =
      typeof traceparent === 'string' && parseTraceparent(traceparent) !== null ? traceparent : null;
    const thread = { correlationId: correlationIdOf(request.raw), traceparent: given ?? newTraceparent() };
    try {
      const { viewer } = await authenticate(authorization);
      return { ...thread, viewer, refusal: null };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { ...thread, viewer: null, refusal: error };
    }
  };
}

function graphqlRoutes(
  app: FastifyInstance,
  { federation, authenticate, allowedOrigins, introspection, log }: ServerOptions,
  handler: RouteHandlerMethod,
): void {
  const sockets = createSocketServer({ federation, authenticate, introspection, log });
  app.route({
    method: 'POST',
    url: path,
    preHandler: async (request) => {
      readOperation(federation.apiSchema, request.body);
    },
    handler,
  });
  app.route({
    method: 'GET',
    url: path,
    preValidation: async (request, reply) => {
      if (isOriginAllowed(request, allowedOrigins)) return undefined;
      return refuse(
        request,
        reply,
        asGraphQLError(new DomainError('FORBIDDEN', 'This origin may not connect.')),
        log,
      );
    },
    handler: (request, reply) =>
      refuse(
        request,
        reply.header('allow', 'POST'),
        new GraphQLError('Queries are sent with POST, subscriptions over graphql-transport-ws.', {
          extensions: { code: 'VALIDATION_FAILED', http: { status: 405 } },
        }),
        log,
      ),
    wsHandler: (socket, request) => sockets.open(socket, request),
  });
}

/** Los clientes vuelven con su último cursor a otra réplica: 1001, y no un corte. Quien no contesta, se corta. */
function sayGoodbye(server: FastifyInstance['websocketServer'], done: () => void): void {
  for (const socket of server.clients) socket.close(1001, 'Going away');
  const limit = setTimeout(() => {
    for (const socket of server.clients) socket.terminate();
  }, goodbyeMs);
  server.close(() => {
    clearTimeout(limit);
    done();
  });
}
