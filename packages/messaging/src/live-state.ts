import type { Clock } from '@farutech/kernel/clock';
import { pause } from '@farutech/kernel/pause';
import type { MessagingLog } from './log.ts';
import { StateHub } from './state-hub.ts';

/** What the store has of one key: `head` is another whenever `value` may be another. */
export interface Stored<Value> {
  readonly head: string;
  readonly value: Value;
}

/** The truth behind the states. A key that is not there is simply missing from the answer. */
export interface StateSource<Key extends string, Value> {
  read(keys: readonly Key[]): Promise<ReadonlyMap<Key, Stored<Value>>>;
  heads(keys: readonly Key[]): Promise<ReadonlyMap<Key, string>>;
}

/** A state as it is seen at an instant. */
export interface Seen {
  /** Equal marks: nothing that a listener would want to hear has changed. */
  readonly mark: string;
  /** When it will be another by itself; `null`: never. */
  readonly until: Date | null;
}

/** One frame for a listener. `value` is undefined where the key is not there. */
export interface StateFrame<Value> {
  readonly value: Value | undefined;
  readonly at: Date;
  readonly mark: string;
}

interface StateReading<Value> {
  /**
   * The state now, unless its mark is `after`, and then each new one until `signal` aborts. A reader that takes long
   * gets the newest and not those between. To be called once.
   */
  frames(after: string | null, signal: AbortSignal): AsyncGenerator<StateFrame<Value>>;
  /** For a reading that is never begun; the end of `frames` does it by itself. */
  leave(): void;
}

export interface LiveStateOptions<Key extends string, Value> {
  readonly source: StateSource<Key, Value>;
  see(value: Value | undefined, at: Date): Seen;
  readonly clock: Clock;
  readonly log: Pick<MessagingLog, 'warn' | 'info'>;
  /** Called with the number of states that the net found changed and no bell had told. */
  onHealed?(states: number): void;
  /** How often the net looks (1 s). */
  readonly healEveryMs?: number;
}

export interface LiveState<Key extends string, Value> {
  /** The bell: this one may have changed. */
  tell(key: Key): void;
  /** The bell for all that somebody listens to and for which `test` holds. */
  tellWhere(test: (value: Value | undefined) => boolean): void;
  /** After a gap in the bell: looks at once at everything that somebody listens to. */
  heal(): Promise<void>;
  /** What is read for it was read after this call: who has just made a change will see it. */
  open(key: Key): Promise<StateReading<Value>>;
  /** Readings that have not ended. */
  readonly listeners: number;
  close(): Promise<void>;
}

const atOnce = 500;
const retryMs = 200;

/**
 * Live states of one process. Who listens has no queue: it holds the mark of what it was given last, and the state is
 * one, read once for all who listen to it. Readings go in one statement for all that rang meanwhile, one after the
 * other, so an older state never follows a newer one. A state that changes by itself is told at that instant, without
 * asking the store; a bell that was lost is healed within a second.
 */
export function createLiveState<Key extends string, Value>(
  options: LiveStateOptions<Key, Value>,
): LiveState<Key, Value> {
  const { source, see, clock, log, healEveryMs = 1_000 } = options;
  const hubs = new Map<Key, StateHub<Value>>();
  const rung = new Set<Key>();
  const closing = new AbortController();
  let reading: Promise<void> | undefined;
  let healthy = true;

  const failed = (error: unknown): void => {
    // Una línea por avería, y no una por intento.
    if (healthy) log.warn({ err: error }, 'live states cannot be read; trying on');
    healthy = false;
  };
  const recovered = (): void => {
    if (!healthy) log.info({}, 'live states are read again');
    healthy = true;
  };

  async function readSome(keys: readonly Key[]): Promise<void> {
    // Antes de leer: quien se apunte mientras tanto necesita otra lectura, y esta no le vale.
    const waiting = keys.map((key) => hubs.get(key)?.takeWaiting() ?? []);
    try {
      const found = await source.read(keys);
      for (const key of keys) hubs.get(key)?.learn(found.get(key));
      recovered();
      for (const answers of waiting) for (const { resolve } of answers) resolve();
    } catch (error) {
      failed(error);
      for (const answers of waiting) for (const { reject } of answers) reject(error);
      for (const key of keys) if (hubs.has(key)) rung.add(key);
      await pause(retryMs, closing.signal);
    }
  }

  async function readRung(): Promise<void> {
    // Los que suenan en la misma vuelta van en la misma lectura.
    await new Promise((resolve) => setImmediate(resolve));
    while (rung.size > 0 && !closing.signal.aborted) {
      const keys = [...rung].slice(0, atOnce);
      for (const key of keys) rung.delete(key);
      await readSome(keys.filter((key) => hubs.has(key)));
    }
  }

  function ring(key: Key): void {
    if (!hubs.has(key) || closing.signal.aborted) return;
    rung.add(key);
    reading ??= readRung().finally(() => {
      reading = undefined;
      // Lo que sonó entre la última mirada y esta línea.
      const [left] = rung;
      if (left !== undefined) ring(left);
    });
  }

  async function heal(): Promise<void> {
    const keys = [...hubs].filter(([, hub]) => hub.known).map(([key]) => key);
    try {
      for (let from = 0; from < keys.length; from += atOnce) {
        const some = keys.slice(from, from + atOnce);
        const before = new Map(some.map((key) => [key, hubs.get(key)?.head]));
        const heads = await source.heads(some);
        const changed = some.filter((key) => hubs.has(key) && (heads.get(key) ?? '') !== before.get(key));
        // Lo que ya se está leyendo no se le escapó a nadie.
        const missed = changed.filter((key) => !rung.has(key) && hubs.get(key)?.head === before.get(key));
        if (missed.length > 0) options.onHealed?.(missed.length);
        for (const key of changed) ring(key);
      }
      if (keys.length > 0) recovered();
    } catch (error) {
      failed(error);
    }
  }

  async function net(): Promise<void> {
    while (!closing.signal.aborted) {
      await pause(healEveryMs, closing.signal);
      if (!closing.signal.aborted) await heal();
    }
  }
  const netting = net();

  function register(key: Key): { readonly hub: StateHub<Value>; readonly leave: () => void } {
    const hub = hubs.get(key) ?? new StateHub<Value>(see, clock);
    hubs.set(key, hub);
    hub.listeners += 1;
    let here = true;
    const leave = (): void => {
      if (!here) return;
      here = false;
      hub.listeners -= 1;
      if (hub.listeners > 0) return;
      hub.close();
      hubs.delete(key);
    };
    return { hub, leave };
  }

  async function* follow(
    hub: StateHub<Value>,
    after: string | null,
    signal: AbortSignal,
    leave: () => void,
  ): AsyncGenerator<StateFrame<Value>> {
    try {
      for (let mark = after; !signal.aborted; ) {
        const frame = hub.present();
        if (frame.mark === mark) await hub.changed(signal);
        else {
          mark = frame.mark;
          yield frame;
        }
      }
    } finally {
      leave();
    }
  }

  return {
    tell: ring,
    tellWhere(test) {
      for (const [key, hub] of hubs) if (hub.known && test(hub.value)) ring(key);
    },
    heal,
    async open(key) {
      const { hub, leave } = register(key);
      try {
        const read = hub.nextReading();
        ring(key);
        await read;
      } catch (error) {
        leave();
        throw error;
      }
      return {
        leave,
        frames(after, signal) {
          // Un generador que se cierra antes de su primer next() no pasa por su finally.
          signal.addEventListener('abort', leave, { once: true });
          return follow(hub, after, signal, leave);
        },
      };
    },
    get listeners() {
      let sum = 0;
      for (const hub of hubs.values()) sum += hub.listeners;
      return sum;
    },
    async close() {
      closing.abort();
      await Promise.all([netting, reading]);
      for (const hub of hubs.values()) hub.close();
    },
  };
}
