import type { ExecutionResult } from 'graphql';

/** Un flujo de una sola respuesta: la negativa. */
export function ended(result: ExecutionResult): AsyncIterableIterator<ExecutionResult> {
  let given = false;
  const done = { done: true, value: undefined } as const;
  return {
    next() {
      if (given) return Promise.resolve(done);
      given = true;
      return Promise.resolve({ done: false, value: result });
    },
    return() {
      given = true;
      return Promise.resolve(done);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
