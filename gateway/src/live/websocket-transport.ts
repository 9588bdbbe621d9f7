import type { Logger } from '@farutech/runtime/logger';
import type { GraphQLFormattedError } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { LiveTransport, UpstreamRequest, UpstreamSink } from './transport.ts';

const connectMs = 5_000;
/** Entre un ping y el siguiente, y lo que se espera su pong: a lo sumo 8 s con un socket medio abierto. */
const pingEveryMs = 5_000;
const pongWithinMs = 3_000;
/** Un subgrafo que se vacía puede acabar las suscripciones justo antes de cerrar: eso no es un final. */
const drainMs = 200;
const idleCloseMs = 5_000;

export interface WebSocketTransportOptions {
  /** La dirección de la próxima conexión. */
  readonly nextUrl: () => string;
  /** Credenciales de esta suscripción: un mismo socket sirve a muchos. */
  readonly extensionsFor: (context: unknown) => Promise<Record<string, unknown>>;
  readonly log: Logger;
  readonly pingEveryMs?: number;
  readonly pongWithinMs?: number;
}

/** Sin oyente de 'error', un cierre durante el saludo acaba con el proceso. */
class UpstreamSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols, { handshakeTimeout: connectMs });
    this.on('error', () => undefined);
  }
}

interface Active {
  readonly sink: UpstreamSink;
  readonly dispose: () => void;
}

/**
 * graphql-transport-ws sobre un socket por subgrafo. La biblioteca reabre por su cuenta, con las variables de
 * antes, cuando el servidor cierra con 1000, aunque retryAttempts sea 0: por eso cada cierre da de baja lo que
 * había antes de que ella mire si queda algo.
 */
export class WebSocketTransport implements LiveTransport {
  readonly #client: Client;
  readonly #active = new Set<Active>();
  #socket: WebSocket | null = null;
  #pongTimer: NodeJS.Timeout | undefined;

  constructor(private readonly options: WebSocketTransportOptions) {
    this.#client = createClient({
      url: options.nextUrl,
      webSocketImpl: UpstreamSocket,
      retryAttempts: 0,
      lazyCloseTimeout: idleCloseMs,
      connectionAckWaitTimeout: connectMs,
      keepAlive: options.pingEveryMs ?? pingEveryMs,
      on: {
        opened: (socket) => {
          this.#socket = socket instanceof WebSocket ? socket : null;
        },
        ping: (received) => {
          if (!received) this.#expectPong();
        },
        pong: (received) => {
          if (received) clearTimeout(this.#pongTimer);
        },
        closed: (event) => {
          clearTimeout(this.#pongTimer);
          const { code } = event as { code?: number };
          if (this.#active.size > 0)
            this.options.log.warn({ code, subscriptions: this.#active.size }, 'subgraph socket closed');
          // Solo el código: el suceso lleva colgado el socket entero, y nadie debe registrar eso.
          this.#loseAll(new TypeError(`the subgraph's socket closed with ${code}`));
        },
      },
    });
  }

  subscribe(request: UpstreamRequest, sink: UpstreamSink): () => void {
    let over = false;
    let dispose = (): void => undefined;
    const entry: Active = { sink: this.#once(sink, () => over, finish), dispose: () => finish() };
    const active = this.#active;
    function finish(): void {
      if (over) return;
      over = true;
      active.delete(entry);
      dispose();
    }
    active.add(entry);
    this.options.extensionsFor(request.context).then(
      (extensions) => {
        if (over) return;
        dispose = this.#send(request, extensions, entry.sink);
      },
      (error: unknown) => entry.sink.lost(error),
    );
    return finish;
  }

  async close(): Promise<void> {
    clearTimeout(this.#pongTimer);
    for (const { dispose } of [...this.#active]) dispose();
    await this.#client.dispose();
    this.#socket?.terminate();
  }

  #send(request: UpstreamRequest, extensions: Record<string, unknown>, sink: UpstreamSink): () => void {
    const { query, operationName, variables } = request;
    return this.#client.subscribe(
      {
        query,
        ...(operationName !== undefined && { operationName }),
        variables: { ...variables },
        extensions,
      },
      {
        next: (event) => sink.next(event as Parameters<UpstreamSink['next']>[0]),
        error: (error) => {
          if (Array.isArray(error)) sink.refused(error as GraphQLFormattedError[]);
          else sink.lost(error instanceof Error ? error : new TypeError("the subgraph's socket failed"));
        },
        complete: () => {
          setTimeout(() => sink.completed(), drainMs).unref();
        },
      },
    );
  }

  /** El final llega una vez, y nada después: ni de la biblioteca ni de un temporizador. */
  #once(sink: UpstreamSink, isOver: () => boolean, finish: () => void): UpstreamSink {
    const end = (tell: () => void): void => {
      if (isOver()) return;
      finish();
      tell();
    };
    return {
      next: (event) => {
        if (!isOver()) sink.next(event);
      },
      refused: (errors) => end(() => sink.refused(errors)),
      completed: () => end(() => sink.completed()),
      lost: (reason) => end(() => sink.lost(reason)),
    };
  }

  #expectPong(): void {
    clearTimeout(this.#pongTimer);
    const socket = this.#socket;
    this.#pongTimer = setTimeout(() => {
      // Un cierre ordenado esperaría a un extremo que ya no contesta; la biblioteca debe olvidarlo ahora.
      this.options.log.warn('subgraph socket does not answer pings');
      this.#client.terminate();
      socket?.terminate();
    }, this.options.pongWithinMs ?? pongWithinMs);
  }

  #loseAll(reason: unknown): void {
    for (const { sink } of [...this.#active]) sink.lost(reason);
  }
}
