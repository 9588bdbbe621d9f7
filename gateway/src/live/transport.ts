import type { ExecutionResult, GraphQLFormattedError } from 'graphql';

export interface UpstreamRequest {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Lo que quien llamó a `subscribe` dio con su alcance; el transporte hace de ello las credenciales. */
  readonly context: unknown;
}

/** Un resultado, como llegó por el cable. */
export type UpstreamEvent = Pick<ExecutionResult, 'data'> & {
  readonly errors?: readonly GraphQLFormattedError[];
};

/** Una suscripción acaba con una sola de `refused`, `completed` y `lost`; después no se llama a nada. */
export interface UpstreamSink {
  next(event: UpstreamEvent): void;
  /** El subgrafo dijo que no: volver a pedir daría la misma respuesta. */
  refused(errors: readonly GraphQLFormattedError[]): void;
  completed(): void;
  /** La conexión se perdió o no se pudo abrir: volver a pedir puede servir. */
  lost(reason: unknown): void;
}

/** Cómo llega el motor a las suscripciones de un subgrafo. Nunca reintenta: el último cursor lo sabe el motor. */
export interface LiveTransport {
  /** Devuelve cómo dejarla, que después del final no hace nada. Tras dejarla no se llama a nada. */
  subscribe(request: UpstreamRequest, sink: UpstreamSink): () => void;
  close(): Promise<void>;
}
