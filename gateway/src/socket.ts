import { DomainError } from '@farutech/kernel/errors';
import type { Viewer } from '@farutech/kernel/viewer';
import { newTraceparent } from '@farutech/runtime/correlation';
import type { Logger } from '@farutech/runtime/logger';
import type { FastifyRequest } from 'fastify';
import {
  type ExecutionArgs,
  GraphQLError,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
} from 'graphql';
import { makeServer, type SubscribePayload } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Authenticate, Authenticated } from './authenticate.ts';
import { adopt, correlationIdOf } from './correlation-id.ts';
import { type CheckedDocument, DocumentCache } from './document-cache.ts';
import { shownError } from './errors.ts';
import type { FederatedGateway } from './federated-gateway.ts';
import { readOperation } from './limits/read-operation.ts';
import { tooComplex } from './limits/structure.ts';
import type { GatewayContext } from './request-context.ts';
import { scopeOf } from './scope.ts';
import { serveSocket } from './serve-socket.ts';
import { afterInstant } from './timer.ts';

const initWithinMs = 5_000;
const maxOperations = 1_000;
const unauthorized = 4401;
const forbidden = 4403;

export interface SocketOptions {
  readonly federation: FederatedGateway;
  readonly authenticate: Authenticate;
  readonly introspection: boolean;
  readonly log: Logger;
}

interface Extra {
  readonly socket: WebSocket;
  readonly request: FastifyRequest;
  session: { viewer: Viewer; stop: () => void } | null;
}

interface Operation {
  readonly context: GatewayContext;
  readonly scope: string;
}

type Init = { readonly [key: string]: unknown } | undefined;

const tokenIn = (payload: Init): string | undefined => {
  const value = Object.entries(payload ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return typeof value === 'string' ? value : undefined;
};

/** GraphQL sobre un socket: un espectador por socket, muchas operaciones, y el cierre con un código que se entiende. */
export function createSocketServer({ federation, authenticate, introspection, log }: SocketOptions) {
  const operations = new WeakMap<SubscribePayload, Operation>();
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];

  let documents = new DocumentCache(federation.apiSchema, rules);

  /** 4401 al vencer el token. Se renueva sin cortar con un ping que traiga uno nuevo del mismo espectador. */
  function startSession(extra: Extra, { viewer, expiresAt }: Authenticated): void {
    extra.session?.stop();
    const stop = afterInstant(expiresAt, () =>
      extra.socket.close(unauthorized, 'The access token has expired'),
    );
    extra.session = { viewer, stop };
  }

  async function signIn(extra: Extra, payload: Init): Promise<boolean> {
    try {
      const authenticated = await authenticate(tokenIn(payload) ?? extra.request.headers.authorization);
      const known = extra.session?.viewer;
      if (known !== undefined && scopeOf(known) !== scopeOf(authenticated.viewer)) {
        extra.socket.close(forbidden, 'Another viewer needs another socket');
        return false;
      }
      startSession(extra, authenticated);
      return true;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const again = error.code === 'UNAVAILABLE';
      extra.socket.close(again ? 1013 : unauthorized, error.message);
      return false;
    }
  }

  function openOperation(payload: SubscribePayload, viewer: Viewer): Operation {
    const context = {
      viewer,
      refusal: null,
      correlationId: adopt(payload.extensions?.correlationId),
      traceparent: newTraceparent(),
    };
    const operation = { context, scope: scopeOf(viewer) };
    operations.set(payload, operation);
    return operation;
  }

  const correlationOf = (payload: SubscribePayload, extra: Extra): string =>
    operations.get(payload)?.context.correlationId ?? correlationIdOf(extra.request.raw);

  function read(payload: SubscribePayload): CheckedDocument {
    if (documents.schema !== federation.apiSchema) documents = new DocumentCache(federation.apiSchema, rules);
    const known = documents.get(payload.query);
    const document = readOperation(federation.apiSchema, payload, known?.document);
    return known ?? documents.check(payload.query, document);
  }

  function prepare(payload: SubscribePayload): ExecutionArgs | readonly GraphQLError[] {
    const { document, errors } = read(payload);
    if (errors.length > 0)
      return errors.map(
        (error) =>
          new GraphQLError(error.message, {
            ...(error.nodes && { nodes: error.nodes }),
            extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
          }),
      );
    const operation = operations.get(payload);
    if (!getOperationAST(document, payload.operationName))
      return [
        new GraphQLError('Must provide the name of one of the operations.', {
          extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
        }),
      ];
    return {
      schema: federation.apiSchema,
      document,
      variableValues: payload.variables ?? {},
      operationName: payload.operationName ?? null,
      contextValue: operation,
    };
  }

  const requestOf = ({ document, variableValues, operationName, contextValue }: ExecutionArgs) => {
    const { context, scope } = contextValue as Operation;
    return { document, variables: variableValues ?? {}, operationName, context, scope };
  };

  const server = makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: initWithinMs,
    onConnect: ({ extra, connectionParams }) => signIn(extra, connectionParams),
    onPing: async ({ extra }, payload) => {
      if (extra.session !== null && tokenIn(payload) !== undefined) await signIn(extra, payload);
    },
    onSubscribe: ({ extra, subscriptions }, _id, payload) => {
      const viewer = extra.session?.viewer;
      if (viewer === undefined) throw new TypeError('a socket without a viewer was acknowledged');
      openOperation(payload, viewer);
      if (Object.keys(subscriptions).length > maxOperations)
        return [tooComplex(`A socket carries at most ${maxOperations} operations at once.`)];
      try {
        return prepare(payload);
      } catch (error) {
        if (error instanceof GraphQLError) return [error];
        throw error;
      }
    },
    execute: (args) => federation.execute(requestOf(args)).catch(asFailure),
    subscribe: (args) => federation.subscribe(requestOf(args)),
    onError: ({ extra }, _id, payload, errors) =>
      errors.map((error) => shownError(error, correlationOf(payload, extra), log)),
    onNext: ({ extra }, _id, payload, _args, result) => {
      if (!result.errors) return undefined;
      const correlationId = correlationOf(payload, extra);
      const errors = result.errors.map((error) => shownError(error, correlationId, log));
      return { errors, ...(result.data !== undefined && { data: result.data }) };
    },
    onClose: ({ extra }) => extra.session?.stop(),
  });

  return {
    open: (socket: WebSocket, request: FastifyRequest) =>
      serveSocket(server, { socket, request, session: null }, log),
  };
}

const asFailure = (error: unknown): { errors: GraphQLError[] } => ({
  errors: [
    new GraphQLError('failed', { originalError: error instanceof Error ? error : new Error(String(error)) }),
  ],
});
