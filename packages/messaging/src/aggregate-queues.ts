/**
 * Runs work of one aggregate one after the other, in the order it came, and that of different aggregates side
 * by side, up to `concurrency` at once.
 */
export class AggregateQueues {
  readonly #waiting = new Map<string, (() => Promise<void>)[]>();
  readonly #ready: string[] = [];
  readonly #concurrency: number;
  #running = 0;
  #held = 0;
  #onChange: (() => void)[] = [];

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  /** Waiting and at work. */
  get held(): number {
    return this.#held;
  }

  /** `work` must not reject. */
  add(aggregateId: string, work: () => Promise<void>): void {
    this.#held += 1;
    const queue = this.#waiting.get(aggregateId);
    if (queue !== undefined) {
      queue.push(work);
      return;
    }
    this.#waiting.set(aggregateId, [work]);
    this.#ready.push(aggregateId);
    this.#start();
  }

  /** Resolves when a piece of work has ended. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#onChange.push(resolve));
  }

  #start(): void {
    while (this.#running < this.#concurrency) {
      const aggregateId = this.#ready.shift();
      if (aggregateId === undefined) return;
      const work = this.#waiting.get(aggregateId)?.shift();
      if (work === undefined) continue;
      this.#running += 1;
      void work().finally(() => this.#ended(aggregateId));
    }
  }

  #ended(aggregateId: string): void {
    this.#running -= 1;
    this.#held -= 1;
    // Quien ya tuvo su turno vuelve al final: un agregado con mucho trabajo no deja sin sitio a los demás.
    if (this.#waiting.get(aggregateId)?.length) this.#ready.push(aggregateId);
    else this.#waiting.delete(aggregateId);
    this.#start();
    const told = this.#onChange;
    this.#onChange = [];
    for (const resolve of told) resolve();
  }
}
