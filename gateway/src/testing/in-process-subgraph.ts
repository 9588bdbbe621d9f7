import type { GraphQLDataSource } from '@apollo/gateway';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, type ExecutionResult, graphql, parse, subscribe } from 'graphql';
import type { LiveTransport, UpstreamRequest, UpstreamSink } from '../live/transport.ts';

export interface Fetched {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: unknown;
}

export type SubgraphResolvers = NonNullable<
  Extract<Parameters<typeof buildSubgraphSchema>[0], { resolvers?: unknown }>['resolvers']
>;

/** Un subgrafo en el mismo proceso que se puede apagar, con cuenta de lo que se le pidió. */
export class InProcessSubgraph implements GraphQLDataSource, LiveTransport {
  readonly #schema;
  readonly #open = new Set<UpstreamSink>();
  readonly fetched: Fetched[] = [];
  readonly subscribed: UpstreamRequest[] = [];
  down = false;
  constructor(
    readonly name: string,
    readonly typeDefs: DocumentNode,
    resolvers: SubgraphResolvers,
  ) {
    this.#schema = buildSubgraphSchema({ typeDefs, resolvers });
  }

  get live(): number {
    return this.#open.size;
  }

  kill(): void {
    this.down = true;
    for (const sink of [...this.#open]) sink.lost(new TypeError('killed'));
  }

  revive(): void {
    this.down = false;
  }

  async process({ request, context }: Parameters<GraphQLDataSource['process']>[0]): Promise<never> {
    this.fetched.push({ query: request.query ?? '', variables: request.variables ?? {}, context });
    if (this.down)
      return { data: null, errors: [{ message: 'down', extensions: { code: 'UNAVAILABLE' } }] } as never;
    const { query = '', variables, operationName } = request;
    const result = await graphql({
      schema: this.#schema,
      source: query,
      ...(variables && { variableValues: variables }),
      ...(operationName !== undefined && { operationName }),
      contextValue: context,
    });
    return JSON.parse(JSON.stringify(result)) as never;
  }

  subscribe(request: UpstreamRequest, sink: UpstreamSink): () => void {
    this.subscribed.push(request);
    let over = false;
    let iterator: AsyncIterator<ExecutionResult> | undefined;
    const stop = (): void => {
      if (over) return;
      over = true;
      this.#open.delete(wrapped);
      void iterator?.return?.();
    };
    const end = (tell: () => void): void => {
      if (over) return;
      stop();
      tell();
    };
    const wrapped: UpstreamSink = {
      next: (event) => sink.next(event),
      refused: (errors) => end(() => sink.refused(errors)),
      completed: () => end(() => sink.completed()),
      lost: (reason) => end(() => sink.lost(reason)),
    };
    if (this.down) {
      queueMicrotask(() => wrapped.lost(new TypeError('down')));
      return stop;
    }
    this.#open.add(wrapped);
    const run = async (): Promise<void> => {
      const result = await subscribe({
        schema: this.#schema,
        document: parse(request.query),
        variableValues: { ...request.variables },
        ...(request.operationName !== undefined && { operationName: request.operationName }),
        contextValue: request.context,
      });
      if (!(Symbol.asyncIterator in result)) {
        // Como graphql-ws: una negativa al suscribirse llega como un suceso sin datos, y después el final.
        if (!over) wrapped.next(JSON.parse(JSON.stringify(result)));
        wrapped.completed();
        return;
      }
      iterator = result;
      if (over) void iterator.return?.();
      for await (const event of result) if (!over) wrapped.next(JSON.parse(JSON.stringify(event)));
      wrapped.completed();
    };
    run().catch((error: unknown) => wrapped.lost(error));
    return stop;
  }

  close(): Promise<void> {
    for (const sink of [...this.#open]) sink.lost(new TypeError('closed'));
    return Promise.resolve();
  }
}
