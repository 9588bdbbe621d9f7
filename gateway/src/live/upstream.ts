import type { GraphQLFormattedError } from 'graphql';
import type { LiveFigures } from './figures.ts';
import type { LiveTransport, UpstreamEvent, UpstreamRequest } from './transport.ts';

export type UpstreamEnd =
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLFormattedError[] }
  | { readonly kind: 'completed' }
  | { readonly kind: 'lost'; readonly reason: unknown }
  /** No es un fallo: se vuelve a pedir desde el último cursor, sin esperar. */
  | { readonly kind: 'cut' };

export interface UpstreamOptions {
  /** Sucesos sin leer que se guardan. Al pasarse, lo reanudable se corta y lo que no lo es olvida el más viejo. */
  readonly capacity: number;
  readonly resumable: boolean;
  readonly figures: LiveFigures;
  /** Hay algo nuevo que mirar. */
  readonly wake: () => void;
}

/** Una suscripción a un subgrafo, leída por quien la abrió y a su ritmo, con memoria acotada. */
export class Upstream {
  readonly #events: UpstreamEvent[] = [];
  #end: UpstreamEnd | null = null;
  #unsubscribe: (() => void) | null = null;
  #released = false;

  constructor(
    transport: LiveTransport,
    request: UpstreamRequest,
    private readonly options: UpstreamOptions,
  ) {
    options.figures.upstreams++;
    options.figures.upstreamsOpened++;
    const unsubscribe = transport.subscribe(request, {
      next: (event) => this.#take(event),
      refused: (errors) => this.#finish({ kind: 'refused', errors }),
      completed: () => this.#finish({ kind: 'completed' }),
      lost: (reason) => this.#finish({ kind: 'lost', reason }),
    });
    // Un transporte puede acabar antes de devolver: entonces ya no hay nada de lo que darse de baja.
    this.#unsubscribe = unsubscribe;
    if (this.#end !== null) this.#leave();
  }

  shift(): UpstreamEvent | undefined {
    return this.#events.shift();
  }

  /** Cómo acabó, cuando ya no queda nada por leer. */
  get end(): UpstreamEnd | null {
    return this.#events.length === 0 ? this.#end : null;
  }

  /** Deja de leer sin perder lo recibido: después de lo guardado, `end` dirá que se cortó. */
  cut(): void {
    this.#finish({ kind: 'cut' });
  }

  /** Un suceso sin datos es una negativa, aunque haya llegado como un suceso más. */
  refuse(errors: readonly GraphQLFormattedError[]): void {
    this.#events.length = 0;
    this.#finish({ kind: 'refused', errors });
    // Tras la negativa suele haber llegado ya un final corriente: manda la negativa.
    this.#end = { kind: 'refused', errors };
  }

  close(): void {
    this.#events.length = 0;
    this.#finish({ kind: 'cut' });
  }

  #take(event: UpstreamEvent): void {
    if (this.#end !== null) return;
    this.#events.push(event);
    if (this.#events.length > this.options.capacity) {
      if (this.options.resumable) {
        // El último se descarta: volverá al reabrir desde el cursor del anterior.
        this.#events.pop();
        this.cut();
        return;
      }
      this.#events.shift();
    }
    this.options.wake();
  }

  #finish(end: UpstreamEnd): void {
    if (!this.#released) {
      this.#released = true;
      this.options.figures.upstreams--;
    }
    if (this.#end !== null) return;
    this.#end = end;
    this.#leave();
    this.options.wake();
  }

  /** Darse de baja de lo que ya acabó no hace nada: el transporte lo permite. */
  #leave(): void {
    const unsubscribe = this.#unsubscribe;
    this.#unsubscribe = null;
    unsubscribe?.();
  }
}
