import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PlanRecord, Stores } from '../domain/ports.ts';
import {
  after,
  farutechVet,
  featureId,
  grupoExito,
  id,
  norte,
  start,
  vetProfessional,
} from '../testing/facts.ts';
import {
  type Implementation,
  implementations,
  within as inside,
  type StoreServer,
  startStoreServer,
} from '../testing/store-implementations.ts';

let server: StoreServer;

beforeAll(async () => {
  server = await startStoreServer();
}, 60_000);
afterAll(() => server.close());

const plan = (changes: Partial<PlanRecord> = {}): PlanRecord => ({
  planId: vetProfessional,
  productId: farutechVet,
  code: 'VET_PROFESSIONAL',
  version: 1,
  name: 'Profesional',
  type: 'PROFESSIONAL',
  price: '49.9',
  currency: 'USD',
  interval: 'MONTH',
  includedFeatures: ['BATCH_CONTROL'],
  maxUsers: 25,
  publishedAt: after(10),
  retiredAt: null,
  ...changes,
});
describe.each(implementations)('lo que se sabe de otros, %s', (name) => {
  let opened: Implementation;
  const within = <R>(work: (stores: Stores) => Promise<R>): Promise<R> => inside(opened)(work);

  beforeEach(async () => {
    opened = await server.open(name);
  });

  it('de productos y clientes cuenta la revisión más nueva, llegue cuando llegue', async () => {
    const product = { productId: farutechVet, code: 'FARUTECH_VET', name: 'Vet 2', revision: 2 };
    const customer = { customerId: grupoExito, country: 'CO', isActive: false, revision: 2 };
    await within(async ({ products, customers }) => {
      await products.put(product);
      await products.put({ ...product, name: 'Vet', revision: 1 });
      await customers.put(customer);
      await customers.put({ ...customer, isActive: true, revision: 1 });
    });

    expect(await within(({ products }) => products.byId(farutechVet))).toEqual(product);
    expect(await within(({ customers }) => customers.byId(grupoExito))).toEqual(customer);
  });

  it('una función se añade una vez y se retira en su primera fecha', async () => {
    const feature = {
      featureId: featureId('BATCH_CONTROL'),
      productId: farutechVet,
      code: 'BATCH_CONTROL',
      name: 'Lotes',
      addedAt: start,
    };
    await within(async ({ features }) => {
      expect(await features.retire(feature.featureId, after(5))).toBe(false);
      await features.add(feature);
      await features.add({ ...feature, name: 'otro nombre' });
      expect(await features.retire(feature.featureId, after(9))).toBe(true);
      expect(await features.retire(feature.featureId, after(7))).toBe(true);
    });

    expect(await within(({ features }) => features.byCode(farutechVet, 'BATCH_CONTROL'))).toEqual({
      ...feature,
      retiredAt: after(7),
      revision: 0,
    });
    expect(await within(({ features }) => features.byCode(id('a', 2), 'BATCH_CONTROL'))).toBeNull();
  });

  it('el nombre de una función es el de su revisión más nueva', async () => {
    const featureOf = {
      featureId: featureId('BATCH_CONTROL'),
      productId: farutechVet,
      code: 'BATCH_CONTROL',
    };
    const named = (name: string, revision: number) => ({ featureId: featureOf.featureId, name, revision });
    await within(async ({ features }) => {
      expect(await features.change(named('Lotes', 4))).toBe(false);
      await features.add({ ...featureOf, name: 'Lotes', addedAt: start });
      expect(await features.change(named('Control de lotes', 4))).toBe(true);
      expect(await features.change(named('Lotes viejos', 3))).toBe(true);
    });

    expect(await within(({ features }) => features.byCode(farutechVet, 'BATCH_CONTROL'))).toMatchObject({
      name: 'Control de lotes',
      revision: 4,
    });
  });

  it('a cada versión de un plan la retira la primera retirada posterior, aunque llegue antes que ella', async () => {
    const second = plan({ planId: id('b', 2), version: 2, publishedAt: after(70) });
    await within(async ({ plans }) => {
      await plans.add(plan());
      await plans.add(plan({ name: 'no cambia' }));
      await plans.retire('VET_PROFESSIONAL', after(80));
      await plans.retire('VET_PROFESSIONAL', after(60));
      await plans.add(second);
      await plans.add(plan({ planId: id('b', 3), version: 3, publishedAt: after(90) }));
    });

    const held = await Promise.all(
      [1, 2, 3].map((n) => within(({ plans }) => plans.byId(n === 1 ? vetProfessional : id('b', n)))),
    );
    expect(held[0]).toEqual(plan({ retiredAt: after(60) }));
    expect(held.map((it) => it?.retiredAt)).toEqual([after(60), after(80), null]);
  });

  it('de una instancia cuenta el estado más nuevo, y su petición puede llegar después', async () => {
    const status = { instanceId: norte, customerId: grupoExito, validFrom: start, knownFrom: start };
    await within(async ({ instances }) => {
      await instances.putStatus({ ...status, version: 2, status: 'ACTIVE' });
      await instances.putStatus({ ...status, version: 1, status: 'PROVISIONING' });
      await instances.recordStatus({ ...status, version: 2, status: 'ACTIVE' });
      await instances.recordStatus({ ...status, version: 2, status: 'ACTIVE' });
      await instances.request({ instanceId: norte, customerId: grupoExito, productId: farutechVet });
      await instances.markProvisioned(norte, after(20));
      await instances.markProvisioned(norte, after(30));
      await instances.markProvisioned(id('e', 9), after(30));
    });

    expect(await within(({ instances }) => instances.byId(norte))).toEqual({
      instanceId: norte,
      customerId: grupoExito,
      productId: farutechVet,
      status: 'ACTIVE',
      version: 2,
      provisionedAt: after(20),
    });
    expect(await within(({ instances }) => instances.byId(id('e', 9)))).toBeNull();
  });
});
