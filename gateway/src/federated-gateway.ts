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
  /** Como dice el supergrafo; dónde contesta de verdad lo saben `buildService` y `connect`. */
  readonly url: string;
}

export interface LiveOptions {
  /** Cómo llegar a las suscripciones de un subgrafo. Por omisión, graphql-transport-ws a su URL. */
  readonly connect?: (service: SubgraphDefinition) => LiveTransport;
  /** Un campo raíz con este argumento opcional, y con `cursorField` en lo que da, se puede reanudar. Por omisión, `after`. */
  readonly afterArgument?: string;
  /** Por omisión, `cursor`. */
  readonly cursorField?: string;
  /** Cuántos marcos acabados guarda cada grupo. Por omisión, 64. */
  readonly ringSize?: number;
  /** Cuánto sobrevive un grupo a su último miembro. Por omisión, 3.000. */
  readonly lingerMs?: number;
}

export interface FederatedGatewayOptions {
  readonly supergraphSdl: string;
  /** Cómo llegar a las consultas y mutaciones de un subgrafo. Por omisión, HTTP POST a su URL. */
  readonly buildService?: (service: SubgraphDefinition) => GraphQLDataSource;
  readonly live?: LiveOptions;
  readonly log?: Logger;
}

interface FederatedRequest {
  /** Se analiza y se valida aquí. */
  readonly query?: string;
  /** En lugar de `query`: se da por validado contra `apiSchema`. */
  readonly document?: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  /** Quién pregunta: llega a las fuentes de datos y a los transportes. */
  readonly context?: unknown;
  /** Solo comparten origen los suscriptores del mismo alcance. Lleva todo lo que decide qué se puede ver. */
  readonly scope?: string;
}

export interface FederatedGateway {
  readonly apiSchema: GraphQLSchema;
  readonly figures: LiveFigures;
  execute(request: FederatedRequest): Promise<ExecutionResult>;
  /** Un rechazo es el único resultado del iterador. `return()` se va al momento, también con un `next()` pendiente. */
  subscribe(request: FederatedRequest): AsyncIterableIterator<ExecutionResult>;
  /** Otro supergrafo. Los suscriptores vivos siguen. Uno que no se puede leer lanza, y nada cambia. */
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
 * La federación, sin HTTP, puerto ni autenticación: planifica consultas, mutaciones y suscripciones sobre un
 * supergrafo y las corre en sus subgrafos. Los suscriptores iguales de un mismo alcance comparten una sola
 * suscripción, y el motor mismo la reanuda cuando se pierde la conexión de un subgrafo.
 *
 * Un campo raíz sin cursor también se comparte, como estado: quien entra recibe primero el marco más nuevo, quien
 * es demasiado lento para el anillo sigue con el más nuevo, y un origen perdido se vuelve a pedir sin más.
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
