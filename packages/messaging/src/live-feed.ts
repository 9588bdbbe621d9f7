import { pause } from '@farutech/kernel/pause';
import { expiredCursor, LiveHub } from './live-hub.ts';
import type { Kept, LiveEntry, LiveSource } from './live-source.ts';
import type { MessagingLog } from './log.ts';

export interface LiveFeedOptions<Key extends string, Entry extends LiveEntry> {
  readonly source: LiveSource<Key, Entry>;
  readonly log: Pick<MessagingLog, 'warn' | 'info'>;
  /** Called with the number of entries that the net found and the bell had not told. */
  onHealed?(entries: number): void;
  /** Entries kept in memory for each key that somebody listens to (64). */
  readonly ringSize?: number;
  /** How often the net looks (1 s). */
  readonly healEveryMs?: number;
}

/** Where a subscriber begins: behind a version, with the present entry, or with the next change. */
export type LiveStart = { readonly after: number } | 'present' | 'next';

interface LiveReading<Entry> {
  /** Each entry once, in order, until `signal` aborts. To be called once. */
  entries(signal: AbortSignal): AsyncGenerator<Entry>;
  /** For a reading that is never begun; the end of `entries` does it by itself. */
  leave(): void;
}

export interface LiveFeed<Key extends string, Entry extends LiveEntry> {
  /** The bell with the entry itself. */
  tell(key: Key, entry: Entry): void;
  /** The bell without an entry: reads what is new, once for all who listen to the key. */
  ring(key: Key): void;
  /** After a gap in the bell: looks at once at everything that somebody listens to. */
  heal(): Promise<void>;
  /** `null`: there is no such key. CURSOR_EXPIRED when `after` is no longer kept, or not yet there. */
  open(key: Key, start: LiveStart): Promise<LiveReading<Entry> | null>;
  /** Readings that have not ended. */
  readonly listeners: number;
  close(): Promise<void>;
}

function startAt(kept: Kept, start: LiveStart): number {
  if (start === 'next') return kept.newest;
  if (start === 'present') return Math.max(kept.newest - 1, 0);
  if (start.after < kept.oldest - 1 || start.after > kept.newest) throw expiredCursor();
  return start.after;
}

async function* leaveAtEnd<Entry>(entries: AsyncGenerator<Entry>, leave: () => void): AsyncGenerator<Entry> {
  try {
    yield* entries;
  } finally {
    leave();
  }
}

/**
 * Live delivery of one process. A subscriber is a cursor over a small ring and, behind it, the source: it
 * has no queue, so a stalled client costs nothing and loses nothing. A lost bell is healed within a second.
 */
export function createLiveFeed<Key extends string, Entry extends LiveEntry>(
  options: LiveFeedOptions<Key, Entry>,
): LiveFeed<Key, Entry> {
  const { source, log, ringSize = 64, healEveryMs = 1_000 } = options;
  const hubs = new Map<Key, LiveHub<Key, Entry>>();
  const closing = new AbortController();
  let healthy = true;

  const failed = (error: unknown): void => {
    // Una línea por avería, y no una por segundo.
    if (healthy) log.warn({ err: error }, 'live feed cannot read its source; trying on');
    healthy = false;
  };

  async function heal(): Promise<void> {
    const keys = [...hubs].filter(([, hub]) => hub.known).map(([key]) => key);
    if (keys.length === 0) return;
    try {
      const heads = await source.heads(keys);
      if (!healthy) log.info({}, 'live feed reads its source again');
      healthy = true;
      for (const [key, head] of heads) {
        const hub = hubs.get(key);
        if (hub === undefined || head <= hub.head) continue;
        options.onHealed?.(head - hub.head);
        hub.advance(head);
      }
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

  function register(key: Key): { readonly hub: LiveHub<Key, Entry>; readonly leave: () => void } {
    const hub = hubs.get(key) ?? new LiveHub(key, source, ringSize);
    hubs.set(key, hub);
    hub.listeners += 1;
    let here = true;
    const leave = (): void => {
      if (!here) return;
      here = false;
      hub.listeners -= 1;
      if (hub.listeners === 0) hubs.delete(key);
    };
    return { hub, leave };
  }

  return {
    tell: (key, entry) => hubs.get(key)?.keep(entry),
    ring: (key) => hubs.get(key)?.refresh(failed),
    heal,
    async open(key, start) {
      // Primero apuntarse y después leer: lo que llegue entre las dos cosas queda en el anillo.
      const { hub, leave } = register(key);
      try {
        const kept = await source.kept(key);
        if (kept === null) {
          leave();
          return null;
        }
        const from = startAt(kept, start);
        hub.learn(kept.newest, failed);
        return {
          leave,
          entries(signal) {
            // Un generador que se cierra antes de su primer next() no pasa por su finally.
            signal.addEventListener('abort', leave, { once: true });
            return leaveAtEnd(hub.follow(from, signal), leave);
          },
        };
      } catch (error) {
        leave();
        throw error;
      }
    },
    get listeners() {
      let sum = 0;
      for (const hub of hubs.values()) sum += hub.listeners;
      return sum;
    },
    async close() {
      closing.abort();
      await netting;
    },
  };
}
