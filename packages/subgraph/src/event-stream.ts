import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute } from 'graphql';

export interface EventStreamHooks {
  /** A context of its own for each event: a loader of an earlier one would answer with what it read then. */
  readonly newContext: () => object;
  readonly onEnd: (stream: EventStream) => void;
  /** What failed while the stream was being left, when nobody waits for an answer any more. */
  readonly onLateFailure: (error: unknown) => void;
}

export type EventStream = AsyncGenerator<ExecutionResult, undefined, undefined>;

/** As `subscribe` of graphql, but with a fresh context per event. A refusal comes back as a plain result. */
export async function openEventStream(
  args: ExecutionArgs,
  { newContext, onEnd, onLateFailure }: EventStreamHooks,
): Promise<EventStream | ExecutionResult> {
  const opened = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in opened)) return opened;
  const source = opened[Symbol.asyncIterator]();
  let leaving: Promise<void> | undefined;
  let ended = false;

  function end(): void {
    if (!ended) onEnd(stream);
    ended = true;
  }

  async function finish(): Promise<void> {
    try {
      await source.return?.();
    } catch (error) {
      onLateFailure(error);
    } finally {
      end();
    }
  }

  function leave(): Promise<void> {
    leaving ??= finish();
    return leaving;
  }

  const stream: EventStream = {
    async next() {
      try {
        const event = await source.next();
        if (event.done === true) {
          end();
          return { done: true, value: undefined };
        }
        const result = await execute({ ...args, rootValue: event.value, contextValue: newContext() });
        return { done: false, value: result };
      } catch (error) {
        await leave();
        throw error;
      }
    },
    async return() {
      await leave();
      return { done: true, value: undefined };
    },
    async throw(error: unknown) {
      await leave();
      throw error;
    },
    [Symbol.asyncIterator]: () => stream,
  };
  return stream;
}
