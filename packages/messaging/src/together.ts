import type { z } from 'zod';
import { type ConsumerDefinition, type Delivery, on, type Readable, readData } from './consume.ts';

/** One message, as its reader read it. */
export interface Received<Value> {
  readonly value: Value;
  readonly delivery: Delivery;
}

/** Reads one version of one message. Made by `reads`. */
export interface MessageReader<Value> {
  readonly contract: Readable<z.ZodType>;
  read(raw: unknown): Value;
}

/** Binds to a contract what a consumer makes of its data. */
export const reads = <Schema extends z.ZodType, Value>(
  contract: Readable<Schema>,
  read: (data: z.output<Schema>) => Value,
): MessageReader<Value> => ({ contract, read: (raw) => read(readData(contract, raw)) });

/**
 * The handlers of a consumer that handles in one go what waits of an aggregate, `most` at most: `all`, which must
 * leave nothing where it rejects. What comes alone, or cannot go with others, goes to `one`.
 */
export const together = <Value>(
  readers: readonly MessageReader<Value>[],
  {
    most,
    one,
    all,
  }: {
    readonly most: number;
    one(received: Received<Value>): Promise<void>;
    all(aggregateId: string, received: readonly Received<Value>[]): Promise<void>;
  },
): Required<Pick<ConsumerDefinition, 'handlers' | 'together'>> => ({
  handlers: readers.map(({ contract, read }) =>
    on(contract, (data, delivery) => one({ value: read(data), delivery })),
  ),
  together: {
    most,
    async handle(aggregateId, messages) {
      const received = messages.map(({ envelope: { name, version, data }, delivery }) => {
        const reader = readers.find(({ contract }) => contract.name === name && contract.version === version);
        if (reader === undefined) throw new Error(`${name} v${version} is not read here`);
        return { value: reader.read(data), delivery };
      });
      await all(aggregateId, received);
    },
  },
});
