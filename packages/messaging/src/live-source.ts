/** One entry of a feed. Versions of one key are dense: 1, 2, 3 … */
export interface LiveEntry {
  readonly version: number;
}

/** What the store keeps of one key. A key with nothing yet has `oldest` 1 and `newest` 0. */
export interface Kept {
  readonly oldest: number;
  readonly newest: number;
}

/** The truth behind a feed. The bell only says that there is something to read here. */
export interface LiveSource<Key extends string, Entry extends LiveEntry> {
  /** `null`: there is no such key. */
  kept(key: Key): Promise<Kept | null>;
  /** Entries after `version`, in order, at most `limit`. */
  read(key: Key, version: number, limit: number): Promise<readonly Entry[]>;
  /** The newest version of each key. */
  heads(keys: readonly Key[]): Promise<ReadonlyMap<Key, number>>;
}
