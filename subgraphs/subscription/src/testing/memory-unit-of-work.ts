import type { Reaction, UnitOfWork } from '../domain/ports.ts';
import { memoryStores } from './memory-stores.ts';
import { MemoryTables } from './memory-tables.ts';

export interface MemoryWorld {
  readonly tables: MemoryTables;
  readonly unitOfWork: UnitOfWork;
  readonly react: Reaction;
}

/** Una transacción detrás de otra; la que falla no deja nada. */
export function memoryWorld(): MemoryWorld {
  const tables = new MemoryTables();
  let last: Promise<unknown> = Promise.resolve();

  function transaction<R>(work: () => Promise<R>): Promise<R> {
    const run = async (): Promise<R> => {
      const before = tables.copy();
      try {
        return await work();
      } catch (error) {
        tables.restore(before);
        throw error;
      }
    };
    const mine = last.then(run);
    last = mine.catch(() => undefined);
    return mine;
  }

  return {
    tables,
    unitOfWork: (_cause, work) =>
      transaction(async () => {
        const { result, events, audit } = await work(memoryStores(tables));
        tables.outbox.push(...events);
        if (audit !== null) tables.audit.push(audit);
        return result;
      }),
    react: (cause, work) =>
      transaction(async () => {
        const key = `${cause.actor} ${cause.messageId}`;
        if (tables.processed.has(key)) return;
        tables.processed.add(key);
        const told = await work(memoryStores(tables));
        tables.outbox.push(...(told?.events ?? []));
        if (told?.audit) tables.audit.push(told.audit);
      }),
  };
}
