let open = 0;

/** How many live iterators have not ended yet. Every test ends with none. */
export const openLiveIterators = (): number => open;

const isAbort = (error: unknown, signal: AbortSignal): boolean =>
  error === signal.reason || (error instanceof Error && error.name === 'AbortError');

/**
 * A live stream that can be left at any moment. An async generator that waits cannot be cancelled by its own
 * `return()`; here `return()` aborts the signal, answers a waiting `next()` with done at once, and resolves
 * when the generator has run its `finally`. The generator has to stop waiting when the signal fires: by
 * ending, or by throwing `signal.reason` or an AbortError. Another error on the way out rejects `return()`.
 */
export function liveIterator<T>(start: (signal: AbortSignal) => AsyncGenerator<T>): AsyncGenerator<T> {
  const controller = new AbortController();
  const { signal } = controller;
  const source = start(signal);
  // Sin Promise.race contra una promesa común: cada carrera le dejaría colgada una reacción por evento.
  const waiting = new Set<(result: IteratorResult<T>) => void>();
  const failures: unknown[] = [];
  let leaving: Promise<void> | undefined;
  let counted = true;
  open += 1;

  const ended = (): void => {
    if (counted) open -= 1;
    counted = false;
  };

  async function finish(): Promise<void> {
    try {
      await source.return(undefined);
    } catch (error) {
      failures.push(error);
    } finally {
      ended();
    }
    const failure = failures.find((error) => !isAbort(error, signal));
    if (failure !== undefined) throw failure;
  }

  function leave(): Promise<void> {
    if (leaving !== undefined) return leaving;
    controller.abort();
    for (const answer of waiting) answer({ done: true, value: undefined });
    waiting.clear();
    leaving = finish();
    return leaving;
  }

  return {
    next() {
      if (signal.aborted) return Promise.resolve({ done: true, value: undefined });
      return new Promise<IteratorResult<T>>((resolve, reject) => {
        waiting.add(resolve);
        source.next().then(
          (result) => {
            waiting.delete(resolve);
            if (result.done === true) ended();
            resolve(result);
          },
          (error: unknown) => {
            waiting.delete(resolve);
            // Tras salir ya nadie espera a este `next`: lo que falle lo cuenta `return()`.
            if (signal.aborted) failures.push(error);
            ended();
            reject(error);
          },
        );
      });
    },
    async return() {
      await leave();
      return { done: true, value: undefined };
    },
    async throw(error: unknown) {
      await leave();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
