type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** De cada clave, uno a la vez y por orden de llegada; unas claves no esperan a otras. */
export function inTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work);
    const settled = mine.catch(() => undefined);
    last.set(key, settled);
    try {
      return await mine;
    } finally {
      if (last.get(key) === settled) last.delete(key);
    }
  };
}
