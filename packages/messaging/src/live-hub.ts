import { DomainError } from '@farutech/kernel/errors';
import type { LiveEntry, LiveSource } from './live-source.ts';

const batch = 64;

export const expiredCursor = (): DomainError =>
  new DomainError(
    'CURSOR_EXPIRED',
    'This cursor is no longer kept, or was never given. Subscribe without it.',
    'after',
  );

/** What one process knows of one key while somebody listens to it: a small ring, its head, and who waits. */
export class LiveHub<Key extends string, Entry extends LiveEntry> {
  readonly #key: Key;
  readonly #source: LiveSource<Key, Entry>;
  readonly #ringSize: number;
  readonly #ring = new Map<number, Entry>();
  /** Quien espera el próximo cambio: una función por lector, ninguna cola. */
  readonly #waiting = new Set<() => void>();
  #head = 0;
  #known = false;
  #rung = false;
  #refreshing: Promise<void> | undefined;
  listeners = 0;

  constructor(key: Key, source: LiveSource<Key, Entry>, ringSize: number) {
    this.#key = key;
    this.#source = source;
    this.#ringSize = ringSize;
  }

  /** The newest version heard of. */
  get head(): number {
    return this.#head;
  }

  /** Whether the source has been asked where this key stands. */
  get known(): boolean {
    return this.#known;
  }

  advance(version: number): void {
    if (version <= this.#head) return;
    this.#head = version;
    const woken = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of woken) wake();
  }

  keep(entry: Entry): void {
    const oldest = Math.max(this.#head, entry.version) - this.#ringSize;
    if (entry.version <= oldest) return;
    this.#ring.set(entry.version, entry);
    if (this.#ring.size > this.#ringSize) {
      for (const version of this.#ring.keys()) if (version <= oldest) this.#ring.delete(version);
    }
    this.advance(entry.version);
  }

  /** Where the source stands now. A bell that rang before this was known is answered here. */
  learn(newest: number, onFailure: (error: unknown) => void): void {
    this.advance(newest);
    this.#known = true;
    if (this.#rung) this.refresh(onFailure);
  }

  /** A thousand rings in a row are one reading, and one more in case something came during the first. */
  refresh(onFailure: (error: unknown) => void): void {
    this.#rung = true;
    // Sin saber dónde está la cabeza se leería la historia entera.
    if (!this.#known) return;
    this.#refreshing ??= this.#readNew(onFailure).finally(() => {
      this.#refreshing = undefined;
    });
  }

  async #readNew(onFailure: (error: unknown) => void): Promise<void> {
    while (this.#rung) {
      this.#rung = false;
      try {
        let rows: readonly Entry[];
        do {
          rows = await this.#source.read(this.#key, this.#head, batch);
          for (const row of rows) this.keep(row);
        } while (rows.length === batch);
      } catch (error) {
        // La red lo vuelve a mirar en menos de un segundo.
        onFailure(error);
      }
    }
  }

  /** Hasta el próximo cambio, o hasta que el lector se vaya. No deja nada colgado de ninguno de los dos. */
  #changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  /** Each entry after `from` once, in order: out of the ring, else out of the source. */
  async *follow(from: number, signal: AbortSignal): AsyncGenerator<Entry> {
    let last = from;
    while (!signal.aborted) {
      const next = this.#ring.get(last + 1);
      if (next !== undefined) {
        last += 1;
        yield next;
        continue;
      }
      const rows = this.#head > last ? await this.#source.read(this.#key, last, batch) : [];
      for (const row of rows) {
        if (signal.aborted) return;
        // Densas: un salto es que lo de en medio ya no se guarda.
        if (row.version !== last + 1) throw expiredCursor();
        last = row.version;
        yield row;
      }
      if (rows.length === 0 && !signal.aborted) await this.#changed(signal);
    }
  }
}
