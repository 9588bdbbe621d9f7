import type { Clock } from '@farutech/kernel/clock';
import type { Seen, StateFrame, Stored } from './live-state.ts';

interface Waiting {
  resolve(): void;
  reject(error: unknown): void;
}

/** Más allá se vuelve a mirar: setTimeout desborda a los 24,8 días, y el reloj de la base puede corregirse. */
const longestSleepMs = 3_600_000;

/** What one process knows of one key while somebody listens to it: its state, when it changes, and who waits. */
export class StateHub<Value> {
  readonly #see: (value: Value | undefined, at: Date) => Seen;
  readonly #clock: Clock;
  /** Quien espera el próximo cambio: una función por lector, ninguna cola. */
  readonly #listening = new Set<() => void>();
  #waiting: Waiting[] = [];
  #stored: Stored<Value> | undefined;
  #known = false;
  #frame: StateFrame<Value> | undefined;
  #until: Date | null = null;
  #alarm: NodeJS.Timeout | undefined;
  listeners = 0;

  constructor(see: (value: Value | undefined, at: Date) => Seen, clock: Clock) {
    this.#see = see;
    this.#clock = clock;
  }

  /** Whether the source has been read. */
  get known(): boolean {
    return this.#known;
  }

  get head(): string {
    return this.#stored?.head ?? '';
  }

  get value(): Value | undefined {
    return this.#stored?.value;
  }

  /** Resolves when a reading that begins after this call has ended. */
  nextReading(): Promise<void> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Those for whom the reading that begins now is good enough. */
  takeWaiting(): readonly Waiting[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }

  learn(stored: Stored<Value> | undefined): void {
    this.#stored = stored;
    this.#known = true;
    this.#look();
  }

  /** The state at this very instant: a timer that is late makes nobody read yesterday's. */
  present(): StateFrame<Value> {
    if (this.#frame === undefined || (this.#until !== null && this.#clock() >= this.#until)) this.#look();
    if (this.#frame === undefined) throw new TypeError('se mira lo que nadie ha leído');
    return this.#frame;
  }

  #look(): void {
    const at = this.#clock();
    const { mark, until } = this.#see(this.value, at);
    const changed = this.#frame?.mark !== mark;
    // Lo leído es nuevo aunque la marca sea la misma: lo que cuenta sin cambiarla va con la trama siguiente.
    this.#frame = { value: this.value, at, mark };
    this.#until = until;
    this.#setAlarm(at);
    if (!changed) return;
    const woken = [...this.#listening];
    this.#listening.clear();
    for (const wake of woken) wake();
  }

  #setAlarm(at: Date): void {
    clearTimeout(this.#alarm);
    if (this.#until === null) return;
    const ms = Math.min(Math.max(Math.ceil(+this.#until - +at), 1), longestSleepMs);
    this.#alarm = setTimeout(() => this.#look(), ms);
  }

  /** Until the next change, or until the reader leaves. Leaves nothing hanging on either. */
  changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#listening.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#listening.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  close(): void {
    clearTimeout(this.#alarm);
  }
}
