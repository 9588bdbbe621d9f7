import type { GraphQLFormattedError } from 'graphql';
import { isPassing, missingAnswer } from './refusal.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { Frame } from './ring.ts';
import { Signal } from './signal.ts';
import type { UpstreamEvent } from './transport.ts';
import type { Upstream } from './upstream.ts';

export type SnapshotOutcome =
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLFormattedError[] }
  | { readonly kind: 'closed' };

/** Lo que una foto necesita del grupo: leer, y saber si todavía hay para quién. */
export interface SnapshotSource {
  readonly alive: boolean;
  /** Una subida nueva y sin cursor, con sitio para un solo suceso. */
  openForOne(wake: () => void): Upstream;
  /** Avisa cuando el grupo se vacía o acaba. Devuelve cómo dejar de mirar. */
  watch(listener: { wake(): void }): () => void;
  /** Hace del suceso un marco acabado, con la operación que había al pedirlo. */
  finisher(): (event: UpstreamEvent) => Promise<Frame>;
}

/**
 * El presente para quien llega sin cursor a un grupo en marcha. La cabeza del anillo no vale: quien acaba de
 * mutar y se suscribe podría leer lo de antes. Tampoco vale una lectura que ya salió, pues pudo leer antes
 * de que él llegara. Por eso hay a lo sumo una en vuelo y otra esperando, y mil que lleguen juntos son dos.
 */
export class SharedSnapshot {
  #waiting: Promise<SnapshotOutcome> | null = null;
  #inFlight: Promise<unknown> = Promise.resolve();

  constructor(private readonly source: SnapshotSource) {}

  take(): Promise<SnapshotOutcome> {
    this.#waiting ??= this.#next(this.#inFlight);
    return this.#waiting;
  }

  async #next(previous: Promise<unknown>): Promise<SnapshotOutcome> {
    await previous;
    await new Promise((resolve) => setImmediate(resolve));
    // Desde aquí la petición cuenta como salida: quien llegue ahora espera a la siguiente.
    this.#waiting = null;
    const reading = this.#read();
    this.#inFlight = reading.catch(() => undefined);
    return reading;
  }

  async #read(): Promise<SnapshotOutcome> {
    for (let attempt = 1; this.source.alive; attempt++) {
      const outcome = await this.#once();
      if (outcome !== null) return outcome;
      await new Signal().waitAtMost(retryDelayMs(attempt));
    }
    return { kind: 'closed' };
  }

  /** null: se perdió por el camino, y vuelve a intentarse. */
  async #once(): Promise<SnapshotOutcome | null> {
    const signal = new Signal();
    const finish = this.source.finisher();
    const upstream = this.source.openForOne(() => signal.raise());
    const unwatch = this.source.watch({ wake: () => signal.raise() });
    try {
      for (;;) {
        const event = upstream.shift();
        if (event?.data != null) return { kind: 'frame', frame: await finish(event) };
        const errors = event === undefined ? null : (event.errors ?? missingAnswer);
        const end = errors === null ? upstream.end : ({ kind: 'refused', errors } as const);
        if (end?.kind === 'refused') return isPassing(end.errors) ? null : end;
        if (end !== null) return null;
        if (!this.source.alive) return { kind: 'closed' };
        await signal.wait();
      }
    } finally {
      upstream.close();
      unwatch();
    }
  }
}
