import type { PrismaClient } from '@farutech/prisma/catalog';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../../../tests/support/postgres.ts';
import { parsePlanCode, parseProductCode } from '../domain/catalog-code.ts';
import { nextVersion, type PlanOffer, type PlanVersion } from '../domain/plan.ts';
import type { Stores, UnitOfWork } from '../domain/ports.ts';
import { Product } from '../domain/product.ts';
import { freshCatalogDatabase, openTestPrisma } from '../testing/catalog-database.ts';
import { inMemoryCatalog } from '../testing/in-memory-catalog.ts';
import { at, changed } from '../testing/small-vet.ts';
import { now, operatorCause } from '../testing/use-case-parts.ts';
import { unitOfWork } from './unit-of-work.ts';

const later = new Date('2026-03-03T08:00:00.000Z');
const manifest = changed(() => {});
const vetProfessional: PlanOffer = at(manifest.plans, 1);

let postgres: TestPostgres;
let prisma: PrismaClient;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const databaseUrl = await freshCatalogDatabase(postgres, 'stores');
  prisma = openTestPrisma(databaseUrl);
});

afterAll(async () => {
  await prisma?.$disconnect();
  await postgres?.close();
});

const implementations: readonly (readonly [string, () => Promise<UnitOfWork>])[] = [
  ['en memoria', async () => inMemoryCatalog().unitOfWork],
  [
    'PostgreSQL',
    async () => {
      await prisma.$executeRaw`TRUNCATE product, outbox, audit_entry CASCADE`;
      return unitOfWork({ prisma, newId, clock: () => now });
    },
  ],
];

describe.each(implementations)('los almacenes del catálogo: %s', (_name, open) => {
  let work: UnitOfWork;

  /** Lo que se hace en una transacción, sin nada que contar. */
  async function inOne<T>(act: (stores: Stores) => Promise<T>): Promise<T> {
    let value: { readonly of: T } | undefined;
    await work(operatorCause, async (stores) => {
      value = { of: await act(stores) };
      return { result: { id: newId() }, events: [], audit: null };
    });
    if (value === undefined) throw new TypeError('la transacción no ha corrido');
    return value.of;
  }

  function newVet(): Product {
    const product = Product.create(parseProductCode('FARUTECH_VET', 'code'), manifest, newId(), now);
    for (const { code, name, features } of manifest.modules) {
      const module = product.addModule(code, name, newId(), now);
      for (const feature of features) product.addFeature(feature.code, feature, module, newId(), now);
    }
    return product;
  }

  const versionOf = (product: Product, newest?: PlanVersion, offer = vetProfessional): PlanVersion =>
    nextVersion(offer, newest, {
      id: newId(),
      productId: product.id,
      productCode: product.code,
      features: offer.includedFeatures.map((code) => product.featureToSell(code, 'code')),
      at: now,
    });

  beforeEach(async () => {
    work = await open();
  });

  it('un producto vuelve como se guardó, por id y por código', async () => {
    const product = newVet();

    await inOne(({ products }) => products.save(product));

    const [byId, byCode] = await inOne(async ({ products }) => [
      await products.takeById(product.id),
      await products.takeByCode(product.code),
    ]);
    expect(byId?.state).toEqual(product.state);
    expect(byCode?.state).toEqual(product.state);
  });

  it('lo que no existe es null', async () => {
    const found = await inOne(async ({ products, plans }) => [
      await products.takeById(newId()),
      await products.takeByCode(parseProductCode('NADA', 'code')),
      await products.takeByModule(newId()),
      await products.takeByFeature(newId()),
      await plans.productOf(parsePlanCode('VET_NADA', 'code')),
    ]);

    expect(found).toEqual([null, null, null, null, null]);
  });

  it('se llega al producto entero desde un módulo, una característica o un plan suyos', async () => {
    const product = newVet();
    await inOne(async ({ products, plans }) => {
      await products.save(product);
      await plans.publish(versionOf(product));
    });

    const found = await inOne(async ({ products, plans }) => ({
      byModule: await products.takeByModule(at(product.state.modules, 1).id),
      byFeature: await products.takeByFeature(at(product.state.features, 0).id),
      ofPlan: await plans.productOf(vetProfessional.code),
      all: await products.allIds(),
    }));

    expect([found.byModule?.state, found.byFeature?.state]).toEqual([product.state, product.state]);
    expect([found.ofPlan, found.all]).toEqual([product.id, [product.id]]);
  });

  it('todas las versiones de un producto salen por código y por número', async () => {
    const product = newVet();
    const basic = versionOf(product, undefined, at(manifest.plans, 0));
    const first = versionOf(product);
    const second = versionOf(product, first);
    await inOne(async ({ products, plans }) => {
      await products.save(product);
      for (const version of [first, basic, second]) await plans.publish(version);
    });

    expect(await inOne(({ plans }) => plans.versionsOf(product.id))).toEqual([basic, first, second]);
    expect(await inOne(({ plans }) => plans.versionsOf(newId()))).toEqual([]);
  });

  it('guardar otra vez cambia textos, mudanzas y retiros, y la revisión', async () => {
    const product = newVet();
    await inOne(({ products }) => products.save(product));

    await inOne(async ({ products }) => {
      const again = await products.takeById(product.id);
      if (again === null) throw new TypeError('el producto no está');
      const [clinical, inventory] = [at(again.state.modules, 0), at(again.state.modules, 1)];
      const [records, lab, batch] = [0, 1, 2].map((index) => at(again.state.features, index));
      if (!records || !lab || !batch) throw new TypeError('faltan características');
      again.describe({ name: 'Vet', description: 'Otra', version: '2.0.0' });
      again.renameModule(inventory, 'Farmacia');
      again.changeFeature(batch, { ...batch, isPremium: false }, clinical);
      again.retireFeature(lab, later);
      await products.save(again);
    });

    const stored = await inOne(({ products }) => products.takeById(product.id));
    expect(stored?.state).toMatchObject({ name: 'Vet', description: 'Otra', version: '2.0.0', revision: 2 });
    expect(stored?.state.modules.map(({ name }) => name)).toEqual(['Historia clínica', 'Farmacia']);
    expect(
      stored?.state.features.map(({ code, moduleId, retiredAt }) => [
        code,
        moduleId === stored.state.modules[0]?.id,
        retiredAt,
      ]),
    ).toEqual([
      ['DIGITAL_RECORDS', true, null],
      ['LAB_RESULTS', true, later],
      ['BATCH_CONTROL', true, null],
    ]);
  });

  it('de cada plan da la última versión, exacta', async () => {
    const product = newVet();
    const first = versionOf(product);
    const second = { ...versionOf(product, first), price: at(manifest.plans, 0).price };
    await inOne(async ({ products, plans }) => {
      await products.save(product);
      await plans.publish(first);
      await plans.publish(second);
    });

    const [named, own] = await inOne(async ({ plans }) => [
      await plans.takeNewest([vetProfessional.code, parsePlanCode('VET_NADA', 'code')]),
      await plans.newestOf(product.id),
    ]);

    expect([...named.values()]).toEqual([second]);
    expect(own).toEqual([second]);
    expect(await inOne(({ plans }) => plans.newestOf(newId()))).toEqual([]);
    expect(await inOne(({ plans }) => plans.takeNewest([]))).toEqual(new Map());
  });

  it('retirar un plan retira sus versiones en venta, y las ya retiradas conservan su fecha', async () => {
    const product = newVet();
    const first = versionOf(product);
    await inOne(async ({ products, plans }) => {
      await products.save(product);
      await plans.publish(first);
      await plans.retire(first.code, now);
    });
    const second = versionOf(product, first);
    await inOne(async ({ plans }) => {
      await plans.publish(second);
      await plans.retire(first.code, later);
    });

    expect(await inOne(({ plans }) => plans.newestOf(product.id))).toEqual([{ ...second, retiredAt: later }]);
  });

  it('lo que falla no deja nada a medias', async () => {
    const product = newVet();

    const failing = inOne(async ({ products, plans }) => {
      await products.save(product);
      await plans.publish(versionOf(product));
      throw new RangeError('se arrepintió');
    });

    await expect(failing).rejects.toThrow('se arrepintió');
    expect(await inOne(({ products }) => products.takeById(product.id))).toBeNull();
  });

  it('quien pide un código tomado espera, y ve lo que dejó el otro', async () => {
    const race = async (): Promise<string> =>
      inOne(async ({ products }) => {
        const found = await products.takeByCode(parseProductCode('FARUTECH_VET', 'code'));
        if (found !== null) return found.id;
        const product = newVet();
        await products.save(product);
        return product.id;
      });

    const ids = await Promise.all(Array.from({ length: 6 }, race));

    expect(new Set(ids).size).toBe(1);
  });
});
