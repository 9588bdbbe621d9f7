/**
 * Hands over items of one aggregate one after the other, in the order they came, at most `most` in one go, and those
 * of different aggregates side by side, up to `concurrency` goes at once.
 */
export class AggregateQueues<Item> {
  readonly #waiting = new Map<string, Item[]>();
  readonly #ready: string[] = [];
  readonly #concurrency: number;
  readonly #most: number;
  readonly #work: (items: readonly Item[]) => Promise<void>;
  #running = 0;
  #held = 0;
  #onChange: (() => void)[] = [];

  /** `work` must not reject. */
  constructor(concurrency: number, most: number, work: (items: readonly Item[]) => Promise<void>) {
    this.#concurrency = concurrency;
    this.#most = most;
    this.#work = work;
  }

  /** Waiting and at work. */
  get held(): number {
    return this.#held;
  }

  add(aggregateId: string, item: Item): void {
    this.#held += 1;
    const queue = this.#waiting.get(aggregateId);
    if (queue !== undefined) {
      queue.push(item);
      return;
    }
    this.#waiting.set(aggregateId, [item]);
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
      const items = this.#waiting.get(aggregateId)?.splice(0, this.#most) ?? [];
      if (items.length === 0) continue;
      this.#running += 1;
      void this.#work(items).finally(() => this.#ended(aggregateId, items.length));
    }
  }

  #ended(aggregateId: string, count: number): void {
    this.#running -= 1;
    this.#held -= count;
    // Quien ya tuvo su turno vuelve al final: un agregado con mucho trabajo no deja sin sitio a los demás.
    if (this.#waiting.get(aggregateId)?.length) this.#ready.push(aggregateId);
    else this.#waiting.delete(aggregateId);
    this.#start();
    const told = this.#onChange;
    this.#onChange = [];
    for (const resolve of told) resolve();
  }
}
