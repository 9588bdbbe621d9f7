import type { Clock } from '@farutech/kernel/clock';
import type { FieldCipher } from '@farutech/kernel/field-cipher';
import type { NewId } from '@farutech/kernel/ids';
import { writeAudit } from '@farutech/messaging/audit';
import { claimIdempotencyKey, rememberResult } from '@farutech/messaging/idempotency';
import { type Execute, outboxRecords, writeRecords } from '@farutech/messaging/outbox';
import { markAllProcessed, markProcessed } from '@farutech/messaging/processed';
import type { Caused, Stores, UnitOfWork } from '../domain/ports.ts';
import { catalogStore } from './catalog.store.ts';
import { customerStore } from './customer.store.ts';
import { deadLetterStore } from './dead-letter.store.ts';
import { feedStore } from './feed.store.ts';
import type { TenancyPrisma, Transaction } from './open-prisma.ts';
import { operationStore } from './operation.store.ts';
import { tenantHomeStore } from './tenant-home.store.ts';
import { tenantInstanceStore } from './tenant-instance.store.ts';

// Cincuenta clics iguales esperan en fila a que acabe el primero: más que los 2 s que trae Prisma.
const limits = { maxWait: 10_000, timeout: 15_000 } as const;

export interface UnitOfWorkParts {
  readonly prisma: TenancyPrisma;
  readonly cipher: FieldCipher;
  readonly newId: NewId;
  readonly clock: Clock;
}

const executeOn =
  (tx: Transaction): Execute =>
  (sql, params) =>
    tx.$executeRawUnsafe(sql, ...params);

const storesOn = (tx: Transaction, cipher: FieldCipher): Stores => ({
  customers: customerStore(tx, cipher),
  instances: tenantInstanceStore(tx),
  operations: operationStore(tx),
  feed: feedStore(tx),
  homes: tenantHomeStore(tx),
  catalog: catalogStore(tx),
  deadLetters: deadLetterStore(tx),
});

export function createUnitOfWork({ prisma, cipher, newId, clock }: UnitOfWorkParts): UnitOfWork {
  async function write(tx: Transaction, told: readonly Caused[]): Promise<void> {
    const execute = executeOn(tx);
    const at = clock();
    const records = told.flatMap(({ cause, effects: { events } }) => outboxRecords(newId, cause, at, events));
    await writeRecords(execute, records);
    for (const {
      cause,
      effects: { audit },
    } of told) {
      if (audit !== null) await writeAudit(execute, newId, cause, at, audit);
    }
  }

  return {
    change: (cause, work, once) =>
      prisma.$transaction(async (tx) => {
        const stores = storesOn(tx, cipher);
        if (once !== undefined) {
          const query = (sql: string, params: readonly unknown[]): Promise<readonly unknown[]> =>
            tx.$queryRawUnsafe(sql, ...params);
          const outcome = await claimIdempotencyKey(query, once.claim, clock());
          if (outcome.known) {
            const known = await once.reload(stores, outcome.resultId);
            if (known === null) throw new TypeError(`la clave recuerda ${outcome.resultId}, que ya no está`);
            return known;
          }
        }
        const { result, ...effects } = await work(stores);
        await write(tx, [{ cause, effects }]);
        if (once !== undefined) await rememberResult(executeOn(tx), once.claim, result.id);
        return result;
      }, limits),

    react: (cause, work) =>
      prisma.$transaction(async (tx) => {
        if (!(await markProcessed(executeOn(tx), cause.actor, cause.messageId, clock()))) return;
        await write(tx, [{ cause, effects: await work(storesOn(tx, cipher)) }]);
      }, limits),

    reactAll: (causes, work) =>
      prisma.$transaction(async (tx) => {
        const marks = causes.map(({ actor, messageId }) => ({ consumer: actor, messageId }));
        if (!(await markAllProcessed(executeOn(tx), marks, clock()))) {
          throw new Error('one of the messages had been processed before');
        }
        await write(tx, await work(storesOn(tx, cipher)));
      }, limits),
  };
}
