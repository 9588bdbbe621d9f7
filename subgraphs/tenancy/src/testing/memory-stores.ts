import type { OutgoingEvent } from '@farutech/contracts/contract';
import type { MessageDeadLettered } from '@farutech/contracts/dead-letter';
import { DomainError } from '@farutech/kernel/errors';
import type { IdempotencyClaim } from '@farutech/kernel/request';
import { Customer, type CustomerState } from '../domain/customer.ts';
import { DeadLetter, type DeadLetterData } from '../domain/dead-letter.ts';
import { instanceCodeTaken } from '../domain/instance-code.ts';
import { Operation } from '../domain/operation.ts';
import type { OperationData } from '../domain/operation-data.ts';
import type { AuditLine, Effects, Stores, TenantHome, UnitOfWork } from '../domain/ports.ts';
import { taxIdTaken } from '../domain/tax-id.ts';
import { type StatusEntry, TenantInstance, type TenantInstanceState } from '../domain/tenant-instance.ts';
import { type CatalogTables, memoryCatalog, replace } from './memory-catalog.ts';
import { memoryHomes, type UnsettledWrite } from './memory-homes.ts';

/** Todo lo que una transacción puede cambiar. Se copia al empezar y se descarta si falla. */
export interface Tables extends CatalogTables {
  customers: CustomerState[];
  instances: TenantInstanceState[];
  operations: OperationData[];
  feed: StatusEntry[];
  homes: TenantHome[];
  writes: UnsettledWrite[];
  deadLetters: DeadLetterData[];
  outbox: OutgoingEvent[];
  audit: AuditLine[];
  processed: string[];
  keys: { claim: IdempotencyClaim; resultId: string }[];
}

export const emptyTables = (): Tables => ({
  customers: [],
  instances: [],
  operations: [],
  feed: [],
  homes: [],
  writes: [],
  products: [],
  plans: [],
  deadLetters: [],
  outbox: [],
  audit: [],
  processed: [],
  keys: [],
});

const storesOn = (tables: Tables): Stores => ({
  customers: {
    async add(customer) {
      const state = customer.snapshot();
      const taken = tables.customers.some(
        (one) => one.country === state.country && one.taxId === state.taxId,
      );
      if (taken) throw taxIdTaken();
      tables.customers.push(state);
    },
    async get(id) {
      const state = tables.customers.find((one) => one.id === id);
      return state === undefined ? null : Customer.restore(state);
    },
    hold: (id) => storesOn(tables).customers.get(id),
    lock: (id) => storesOn(tables).customers.get(id),
    async save(customer) {
      replace(tables.customers, ({ id }) => id === customer.id, customer.snapshot());
    },
  },
  instances: {
    async add(instance) {
      const state = instance.snapshot();
      const taken = tables.instances.some(
        (one) => one.customerId === state.customerId && one.instanceCode === state.instanceCode,
      );
      if (taken) throw instanceCodeTaken();
      tables.instances.push(state);
    },
    async get(id) {
      const state = tables.instances.find((one) => one.id === id);
      return state === undefined ? null : TenantInstance.restore(state);
    },
    lock: (id) => storesOn(tables).instances.get(id),
    async save(instance) {
      replace(tables.instances, ({ id }) => id === instance.id, instance.snapshot());
    },
  },
  operations: {
    async add(operation) {
      tables.operations.push(operation.data());
    },
    async get(id) {
      const data = tables.operations.find((one) => one.id === id);
      return data === undefined ? null : Operation.restore(data);
    },
    async newestOf(instanceId) {
      const [newest] = tables.operations
        .filter((one) => one.instanceId === instanceId)
        .toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime() || (a.id < b.id ? 1 : -1));
      return newest === undefined ? null : Operation.restore(newest);
    },
    async standingOf(instanceId) {
      return tables.operations
        .filter((one) => one.instanceId === instanceId && !['SUCCEEDED', 'COMPENSATED'].includes(one.state))
        .map(({ id, kind, state }) => ({ id, kind, state }))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1));
    },
    async save(operation) {
      replace(tables.operations, ({ id }) => id === operation.id, operation.data());
    },
  },
  feed: {
    async append(entries) {
      for (const entry of entries) {
        const taken = tables.feed.some(
          (one) => one.instanceId === entry.instanceId && one.version === entry.version,
        );
        if (taken) throw new TypeError(`la versión ${entry.version} de ${entry.instanceId} ya está`);
        tables.feed.push(entry);
      }
    },
  },
  homes: memoryHomes(tables),
  catalog: memoryCatalog(() => tables),
  deadLetters: {
    async add(id, letter) {
      const known = tables.deadLetters.some(
        (one) => one.worker === letter.worker && one.messageId === letter.messageId,
      );
      if (!known) tables.deadLetters.push(newLetter(id, letter));
    },
    async lock(id) {
      const data = tables.deadLetters.find((one) => one.id === id);
      return data === undefined ? null : DeadLetter.restore(data);
    },
    async save(letter) {
      replace(tables.deadLetters, ({ id }) => id === letter.id, letter.data());
    },
  },
});

const newLetter = (id: string, { deadLetteredAt, ...letter }: MessageDeadLettered): DeadLetterData => ({
  ...letter,
  id,
  receivedAt: new Date(deadLetteredAt),
  replays: 0,
  replayedAt: null,
  discardedAt: null,
  discardReason: null,
});

const copyOf = (tables: Tables): Tables =>
  Object.fromEntries(Object.entries(tables).map(([name, rows]) => [name, [...rows]])) as unknown as Tables;

export interface MemoryWorld {
  readonly unitOfWork: UnitOfWork;
  /** Lo que quedó confirmado. */
  readonly tables: Tables;
}

/** Las transacciones van una tras otra, como las vería quien espera un cerrojo. */
export function memoryWorld(): MemoryWorld {
  const tables = emptyTables();
  let turn: Promise<unknown> = Promise.resolve();

  function transaction<T>(work: (draft: Tables) => Promise<T>): Promise<T> {
    const run = turn.then(async () => {
      const draft = copyOf(tables);
      const result = await work(draft);
      Object.assign(tables, draft);
      return result;
    });
    turn = run.catch(() => undefined);
    return run;
  }

  function write(draft: Tables, { events, audit }: Effects): void {
    for (const { contract, data } of events) contract.schema.parse(data);
    draft.outbox.push(...events);
    if (audit !== null) draft.audit.push(audit);
  }

  const unitOfWork: UnitOfWork = {
    change: (_cause, work, once) =>
      transaction(async (draft) => {
        const stores = storesOn(draft);
        const known = once && draft.keys.find(({ claim }) => sameKey(claim, once.claim));
        if (once !== undefined && known !== undefined) {
          if (JSON.stringify(known.claim.input) !== JSON.stringify(once.claim.input)) {
            throw new DomainError('IDEMPOTENCY_KEY_REUSED', 'another input', 'idempotencyKey');
          }
          const result = await once.reload(stores, known.resultId);
          if (result === null) throw new TypeError('la clave recuerda algo que ya no está');
          return result;
        }
        const { result, ...effects } = await work(stores);
        write(draft, effects);
        if (once !== undefined) draft.keys.push({ claim: once.claim, resultId: result.id });
        return result;
      }),
    react: (cause, work) =>
      transaction(async (draft) => {
        const mark = `${cause.actor}/${cause.messageId}`;
        if (draft.processed.includes(mark)) return;
        draft.processed.push(mark);
        write(draft, await work(storesOn(draft)));
      }),
    reactAll: (causes, work) =>
      transaction(async (draft) => {
        for (const { actor, messageId } of causes) {
          const mark = `${actor}/${messageId}`;
          if (draft.processed.includes(mark)) throw new Error('uno ya se había procesado');
          draft.processed.push(mark);
        }
        for (const { effects } of await work(storesOn(draft))) write(draft, effects);
      }),
  };
  return { unitOfWork, tables };
}

const sameKey = (a: IdempotencyClaim, b: IdempotencyClaim): boolean =>
  a.viewer === b.viewer && a.mutation === b.mutation && a.key === b.key;
