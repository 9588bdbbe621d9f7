import type { InstanceRecord, Plans, Stores } from '../domain/ports.ts';
import { memoryClaims } from './memory-claims.ts';
import { memorySubscriptions } from './memory-subscriptions.ts';
import type { MemoryTables } from './memory-tables.ts';

const earliest = (...dates: readonly (Date | null)[]): Date | null => {
  const given = dates.filter((date) => date !== null).map(Number);
  return given.length === 0 ? null : new Date(Math.min(...given));
};

/** Los mismos puertos que sobre PostgreSQL, y pasan las mismas pruebas. */
export const memoryStores = (tables: MemoryTables): Stores => ({
  subscriptions: memorySubscriptions(tables),
  plans: plans(tables),
  claims: memoryClaims(tables),
  products: {
    byId: async (id) => tables.products.get(id) ?? null,
    async put(product) {
      const held = tables.products.get(product.productId);
      if (held === undefined || held.revision < product.revision) {
        tables.products.set(product.productId, product);
      }
    },
  },
  features: {
    byCode: async (productId, code) =>
      [...tables.features.values()].find((it) => it.productId === productId && it.code === code) ?? null,
    async add(feature) {
      if (!tables.features.has(feature.featureId)) {
        tables.features.set(feature.featureId, { ...feature, retiredAt: null, revision: 0 });
      }
    },
    async change({ featureId, name, revision }) {
      const held = tables.features.get(featureId);
      if (held !== undefined && held.revision < revision) {
        tables.features.set(featureId, { ...held, name, revision });
      }
      return held !== undefined;
    },
    async retire(featureId, retiredAt) {
      const held = tables.features.get(featureId);
      if (held === undefined) return false;
      tables.features.set(featureId, { ...held, retiredAt: earliest(held.retiredAt, retiredAt) });
      return true;
    },
  },
  customers: {
    byId: async (id) => tables.customers.get(id) ?? null,
    async put(customer) {
      const held = tables.customers.get(customer.customerId);
      if (held === undefined || held.revision < customer.revision) {
        tables.customers.set(customer.customerId, customer);
      }
    },
  },
  instances: {
    byId: async (id) => tables.instances.get(id) ?? null,
    async request(instance) {
      const unheard: InstanceRecord = {
        ...instance,
        status: 'PROVISIONING',
        version: 0,
        provisionedAt: null,
      };
      const held = tables.instances.get(instance.instanceId) ?? unheard;
      tables.instances.set(instance.instanceId, { ...held, productId: instance.productId });
    },
    async markProvisioned(id, at) {
      const held = tables.instances.get(id);
      if (held) tables.instances.set(id, { ...held, provisionedAt: earliest(held.provisionedAt, at) });
    },
    async putStatus({ instanceId, customerId, version, status }) {
      const unheard = { instanceId, customerId, productId: null, provisionedAt: null, version: -1 };
      const held = tables.instances.get(instanceId) ?? unheard;
      if (held.version < version) tables.instances.set(instanceId, { ...held, version, status });
    },
    async recordStatus(record) {
      const key = `${record.instanceId}:${record.version}`;
      if (!tables.statusFacts.has(key)) tables.statusFacts.set(key, record);
    },
  },
});

function plans(tables: MemoryTables): Plans {
  const applyRetirements = (code: string): void => {
    for (const plan of tables.plans.values()) {
      if (plan.code !== code) continue;
      const later = tables.planRetirements
        .filter((fact) => fact.code === code && fact.retiredAt >= plan.publishedAt)
        .map(({ retiredAt }) => retiredAt);
      tables.plans.set(plan.planId, { ...plan, retiredAt: earliest(plan.retiredAt, ...later) });
    }
  };
  return {
    byId: async (id) => tables.plans.get(id) ?? null,
    newest: async (code) =>
      [...tables.plans.values()]
        .filter((plan) => plan.code === code)
        .toSorted((a, b) => b.version - a.version)[0] ?? null,
    async add(plan) {
      if (!tables.plans.has(plan.planId)) tables.plans.set(plan.planId, plan);
      applyRetirements(plan.code);
    },
    async retire(code, retiredAt) {
      tables.planRetirements.push({ code, retiredAt });
      applyRetirements(code);
    },
  };
}
