import { buildSubgraphSchema } from '@apollo/subgraph';
import { Secret } from '@farutech/kernel/secret';
import { createInternalTokenVerifier } from '@farutech/runtime/internal-token';
import websocket from '@fastify/websocket';
import fastify from 'fastify';
import { type DocumentNode, GraphQLError, graphql } from 'graphql';
import { makeHandler } from 'graphql-ws/use/@fastify/websocket';
import type { SubgraphResolvers } from './in-process-subgraph.ts';

export const internalSecret = new Secret('a-secret-that-only-tests-know-and-use');

interface Heard {
  readonly query: string;
  readonly sub: string;
  readonly correlationId: string;
  readonly traceparent: string;
}

/** Un subgrafo servido de verdad: HTTP y socket en un puerto, y nada sin el token interno. */
export async function serveSubgraph(typeDefs: DocumentNode, resolvers: SubgraphResolvers, port = 0) {
  const schema = buildSubgraphSchema({ typeDefs, resolvers });
  const verifier = createInternalTokenVerifier(internalSecret);
  const heard: Heard[] = [];
  const subscribed: Heard[] = [];
  const app = fastify({ forceCloseConnections: true });
  await app.register(websocket);
  app.get('/health/live', () => ({ ok: true }));
  app.route({
    method: 'GET',
    url: '/graphql',
    handler: (_request, reply) => reply.code(405).send({}),
    wsHandler: makeHandler({
      schema,
      onSubscribe: async (_context, _id, payload) => {
        const { internalToken, correlationId, traceparent } = payload.extensions ?? {};
        const viewer = await verifier.verify(String(internalToken));
        subscribed.push({
          query: payload.query,
          sub: viewer.sub,
          correlationId: String(correlationId),
          traceparent: String(traceparent),
        });
      },
    }),
  });
  app.post('/graphql', async (request) => {
    const { query, variables, operationName } = request.body as {
      query: string;
      variables?: Record<string, unknown>;
      operationName?: string;
    };
    const header = (name: string): string => String(request.headers[name]);
    try {
      const { sub } = await verifier.verify(header('x-farutech-internal'));
      heard.push({
        query,
        sub,
        correlationId: header('x-correlation-id'),
        traceparent: header('traceparent'),
      });
    } catch {
      return { errors: [new GraphQLError('no', { extensions: { code: 'UNAUTHENTICATED' } })] };
    }
    return graphql({
      schema,
      source: query,
      ...(variables && { variableValues: variables }),
      ...(operationName !== undefined && { operationName }),
    });
  });
  await app.listen({ port, host: '127.0.0.1' });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}/graphql`,
    heard,
    subscribed,
    /** Como un kill -9: los sockets se cortan sin despedirse. */
    async kill(): Promise<void> {
      for (const socket of app.websocketServer.clients) socket.terminate();
      await app.close();
    },
    close: () => app.close(),
  };
}

export type ServedSubgraph = Awaited<ReturnType<typeof serveSubgraph>>;
