import type { GraphQLFormattedError } from 'graphql';
import type { Group } from './group.ts';
import { isPassing, missingAnswer } from './refusal.ts';
import { retryDelayMs } from './retry-delay.ts';
import type { Frame } from './ring.ts';
import { Signal } from './signal.ts';

export type SnapshotOutcome =
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLFormattedError[] }
  | { readonly kind: 'closed' };

/**
 * El presente para quien llega sin cursor a un grupo en marcha. La cabeza del anillo no vale: quien acaba de
 * mutar y se suscribe podría leer lo de antes. Tampoco vale una lectura que ya salió, pues pudo leer antes
 * de que él llegara. Por eso hay a lo sumo una en vuelo y otra esperando, y mil que lleguen juntos son dos.
 */
export class SharedSnapshot {
  #waiting: Promise<SnapshotOutcome> | null = null;
  #inFlight: Promise<unknown> = Promise.resolve();

  constructor(private readonly group: Group) {}

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
    for (let attempt = 1; this.group.end === null && this.group.size > 0; attempt++) {
      const outcome = await this.#once();
      if (outcome !== null) return outcome;
      await new Signal().waitAtMost(retryDelayMs(attempt));
    }
    return { kind: 'closed' };
  }

  /** null: se perdió por el camino, y vuelve a intentarse. */
  async #once(): Promise<SnapshotOutcome | null> {
    const signal = new Signal();
    const { operation } = this.group;
    this.group.figures.snapshots++;
    const upstream = this.group.open(null, 1, () => signal.raise());
    const unwatch = this.group.watch({ wake: () => signal.raise() });
    try {
      for (;;) {
        const event = upstream.shift();
        if (event?.data != null) return { kind: 'frame', frame: await this.group.finish(event, operation) };
        const errors = event === undefined ? null : (event.errors ?? missingAnswer);
        const end = errors === null ? upstream.end : ({ kind: 'refused', errors } as const);
        if (end?.kind === 'refused') return isPassing(end.errors) ? null : end;
        if (end !== null) return null;
        if (this.group.end !== null || this.group.size === 0) return { kind: 'closed' };
        await signal.wait();
      }
    } finally {
      upstream.close();
      unwatch();
    }
  }
}
