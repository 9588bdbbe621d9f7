import type { OutgoingEvent } from '@farutech/contracts/contract';
import type { PlanCode } from '../domain/catalog-code.ts';
import type { PlanVersion } from '../domain/plan.ts';
import type { AcceptedAudit, PlanStore, ProductStore, Stores, UnitOfWork } from '../domain/ports.ts';
import { Product } from '../domain/product.ts';
import type { ProductState } from '../domain/product-state.ts';

interface Rows {
  readonly products: Map<string, ProductState>;
  readonly plans: Map<string, PlanVersion>;
}

export interface InMemoryCatalog {
  readonly unitOfWork: UnitOfWork;
  readonly events: OutgoingEvent[];
  readonly audits: AcceptedAudit[];
}

/** Una transacción tras otra, sobre una copia que solo se queda si acaba bien. */
export function inMemoryCatalog(): InMemoryCatalog {
  let committed: Rows = { products: new Map(), plans: new Map() };
  let last: Promise<unknown> = Promise.resolve();
  const events: OutgoingEvent[] = [];
  const audits: AcceptedAudit[] = [];
  return {
    events,
    audits,
    unitOfWork(_cause, work) {
      const run = async () => {
        const rows = { products: new Map(committed.products), plans: new Map(committed.plans) };
        const change = await work(storesOver(rows));
        committed = rows;
        events.push(...change.events);
        if (change.audit !== null) audits.push(change.audit);
        return change.result;
      };
      const done = last.then(run, run);
      last = done;
      return done;
    },
  };
}

const storesOver = (rows: Rows): Stores => ({ products: products(rows), plans: plans(rows) });

function products({ products: rows }: Rows): ProductStore {
  const restore = (state: ProductState | undefined): Product | null =>
    state === undefined ? null : Product.restore(state);
  return {
    takeByCode: async (code) => restore([...rows.values()].find((row) => row.code === code)),
    takeById: async (id) => restore(rows.get(id)),
    takeByModule: async (moduleId) =>
      restore([...rows.values()].find(({ modules }) => modules.some(({ id }) => id === moduleId))),
    takeByFeature: async (featureId) =>
      restore([...rows.values()].find(({ features }) => features.some(({ id }) => id === featureId))),
    allIds: async () => [...rows.keys()].toSorted(),
    async save(product) {
      rows.set(product.id, product.state);
    },
  };
}

function plans({ plans: rows }: Rows): PlanStore {
  function newestAmong(match: (plan: PlanVersion) => boolean): Map<PlanCode, PlanVersion> {
    const matching = [...rows.values()].filter(match).toSorted((one, other) => one.version - other.version);
    return new Map(matching.map((plan) => [plan.code, plan]));
  }
  return {
    productOf: async (code) => [...rows.values()].find((plan) => plan.code === code)?.productId ?? null,
    takeNewest: async (codes) => newestAmong((plan) => codes.includes(plan.code)),
    newestOf: async (productId) =>
      [...newestAmong((plan) => plan.productId === productId).values()].toSorted((one, other) =>
        one.code < other.code ? -1 : 1,
      ),
    versionsOf: async (productId) =>
      [...rows.values()]
        .filter((plan) => plan.productId === productId)
        .toSorted((one, other) =>
          one.code === other.code ? one.version - other.version : one.code < other.code ? -1 : 1,
        ),
    async publish(version) {
      rows.set(version.id, version);
    },
    async retire(code, at) {
      for (const plan of rows.values()) {
        if (plan.code === code && plan.retiredAt === null) rows.set(plan.id, { ...plan, retiredAt: at });
      }
    },
  };
}
