import type { ExecutionResult, GraphQLFormattedError } from 'graphql';

export interface UpstreamRequest {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  /** What the caller of `subscribe` gave with its scope; the transport makes credentials out of it. */
  readonly context: unknown;
}

/** A result as it came over the wire. */
export type UpstreamEvent = Pick<ExecutionResult, 'data'> & {
  readonly errors?: readonly GraphQLFormattedError[];
};

/** Exactly one of `refused`, `completed` and `lost` ends a subscription; nothing is called after it. */
export interface UpstreamSink {
  next(event: UpstreamEvent): void;
  /** The subgraph said no: asking again would get the same answer. */
  refused(errors: readonly GraphQLFormattedError[]): void;
  completed(): void;
  /** The connection is gone, or could not be made: asking again may work. */
  lost(reason: unknown): void;
}

/** How the engine reaches the subscriptions of one subgraph. It never retries: the engine knows the last cursor. */
export interface LiveTransport {
  /** Returns how to unsubscribe; harmless after the end. Nothing is called after it. */
  subscribe(request: UpstreamRequest, sink: UpstreamSink): () => void;
  close(): Promise<void>;
}
