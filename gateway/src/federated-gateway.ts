import './telemetry-off.ts';
import type { GraphQLDataSource } from '@apollo/gateway';
import { createLogger, type Logger } from '@farutech/runtime/logger';
import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  parse,
  specifiedRules,
} from 'graphql';
import { DocumentCache } from './document-cache.ts';
import { Executor } from './executor.ts';
import { ended } from './live/ended.ts';
import { LiveEngine, liveDefaults } from './live/engine.ts';
import type { LiveFigures } from './live/figures.ts';
import { type LoadedSupergraph, loadSupergraph } from './live/supergraph.ts';
import type { LiveTransport } from './live/transport.ts';
import { WebSocketTransport } from './live/websocket-transport.ts';
import { SubgraphDataSource } from './subgraph-data-source.ts';

interface SubgraphDefinition {
  readonly name: string;
  /** As the supergraph says; where it really answers is for `buildService` and `connect` to know. */
  readonly url: string;
}

export interface LiveOptions {
  /** How to reach a subgraph's subscriptions. Default: graphql-transport-ws to its URL. */
  readonly connect?: (service: SubgraphDefinition) => LiveTransport;
  /** A root field with this nullable argument, whose payload has `cursorField`, is resumable. Default: `after`. */
  readonly afterArgument?: string;
  /** Default: `cursor`. */
  readonly cursorField?: string;
  /** Finished frames kept per group. Default: 64. */
  readonly ringSize?: number;
  /** How long a group outlives its last member. Default: 3,000. */
  readonly lingerMs?: number;
}

export interface FederatedGatewayOptions {
  readonly supergraphSdl: string;
  /** How to reach a subgraph's queries and mutations. Default: HTTP POST to its URL. */
  readonly buildService?: (service: SubgraphDefinition) => GraphQLDataSource;
  readonly live?: LiveOptions;
  readonly log?: Logger;
}

interface FederatedRequest {
  /** Parsed and validated here. */
  readonly query?: string;
  /** Instead of `query`: taken as already validated against `apiSchema`. */
  readonly document?: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  /** Handed to data sources and transports: who asks. */
  readonly context?: unknown;
  /** Only subscribers of equal scope share an upstream. Whatever decides what may be seen belongs in it. */
  readonly scope?: string;
}

export interface FederatedGateway {
  readonly apiSchema: GraphQLSchema;
  readonly figures: LiveFigures;
  execute(request: FederatedRequest): Promise<ExecutionResult>;
  /** A refusal is the only result of the iterator. `return()` leaves at once, also during a pending `next()`. */
  subscribe(request: FederatedRequest): AsyncIterableIterator<ExecutionResult>;
  /** Another supergraph. Live subscribers stay. A supergraph that cannot be read throws, and nothing changes. */
  reload(supergraphSdl: string): void;
  onReload(listener: (apiSchema: GraphQLSchema, supergraphSdl: string) => void): () => void;
  close(): Promise<void>;
}

interface Service {
  readonly definition: SubgraphDefinition;
  readonly source: GraphQLDataSource;
  readonly transport: LiveTransport;
}

/**
 * Federation with no HTTP, port or authentication in it: plans queries, mutations and subscriptions over a
 * supergraph and runs them against its subgraphs. Subscriptions are shared among equal subscribers of equal
 * scope, and resumed by the engine itself when a subgraph's connection is lost.
 *
 * A root subscription field without a cursor is shared too, as a state: whoever joins first gets the newest
 * frame, a reader too slow for the ring goes on with the newest, and a lost upstream is simply asked again.
 */
export function createFederatedGateway(options: FederatedGatewayOptions): FederatedGateway {
  const log = options.log ?? createLogger('federation');
  const live = options.live ?? {};
  const buildService =
    options.buildService ??
    (({ name, url }) => new SubgraphDataSource({ name, urls: [url], headersFor: async () => ({}), log }));
  const connect =
    live.connect ??
    (({ url }) =>
      new WebSocketTransport({
        nextUrl: () => url.replace(/^http/, 'ws'),
        extensionsFor: async () => ({}),
        log,
      }));
  const services = new Map<string, Service>();
  const retired: Service[] = [];
  const listeners = new Set<(apiSchema: GraphQLSchema, supergraphSdl: string) => void>();
  let sources: ReadonlyMap<string, GraphQLDataSource> = new Map();
  let loaded = load(options.supergraphSdl);
  let executor = new Executor(loaded);
  let documents = new DocumentCache(loaded.apiSchema, specifiedRules);

  function load(sdl: string): LoadedSupergraph {
    const next = loadSupergraph(sdl);
    for (const definition of next.subgraphs) {
      const known = services.get(definition.name);
      if (known?.definition.url === definition.url) continue;
      if (known !== undefined) retired.push(known);
      services.set(definition.name, {
        definition,
        source: buildService(definition),
        transport: connect(definition),
      });
    }
    sources = new Map([...services].map(([name, { source }]) => [name, source]));
    return next;
  }

  const engine = new LiveEngine(loaded, {
    ...liveDefaults,
    ...live,
    log,
    sources: () => sources,
    transport: (name) => {
      const service = services.get(name);
      if (service === undefined) throw new TypeError(`no subgraph is called ${name}`);
      return service.transport;
    },
  });

  function documentOf(request: FederatedRequest): DocumentNode {
    if (request.document !== undefined) return request.document;
    const query = request.query ?? '';
    const { document, errors } = documents.get(query) ?? documents.check(query, parse(query));
    const [invalid] = errors;
    if (invalid !== undefined) throw invalid;
    return document;
  }

  return {
    get apiSchema() {
      return loaded.apiSchema;
    },
    figures: engine.figures,
    async execute(request) {
      try {
        return await executor.execute({ ...request, document: documentOf(request) }, sources);
      } catch (error) {
        if (error instanceof GraphQLError) return { errors: [error] };
        throw error;
      }
    },
    subscribe(request) {
      try {
        return engine.subscribe({
          document: documentOf(request),
          operationName: request.operationName ?? undefined,
          variables: request.variables ?? {},
          scope: request.scope ?? '',
          context: request.context,
        });
      } catch (error) {
        if (error instanceof GraphQLError) return ended({ errors: [error] });
        throw error;
      }
    },
    reload(supergraphSdl) {
      loaded = load(supergraphSdl);
      executor = new Executor(loaded);
      documents = new DocumentCache(loaded.apiSchema, specifiedRules);
      engine.load(loaded);
      for (const listener of listeners) listener(loaded.apiSchema, supergraphSdl);
    },
    onReload(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      await engine.close();
      await Promise.all([...services.values(), ...retired].map(closeService));
    },
  };
}

async function closeService({ source, transport }: Service): Promise<void> {
  await transport.close();
  if (source instanceof SubgraphDataSource) await source.close();
}
