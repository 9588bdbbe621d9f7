import { systemClock } from '@farutech/kernel/clock';
import type { PrismaClient } from '@farutech/prisma/catalog';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../../tests/support/postgres.ts';
import { parsePlanCode } from './domain/catalog-code.ts';
import { unitOfWork } from './persistence/unit-of-work.ts';
import { retell } from './retell.ts';
import { freshCatalogDatabase, openTestPrisma } from './testing/catalog-database.ts';
import { at, changed } from './testing/small-vet.ts';
import { operatorCause } from './testing/use-case-parts.ts';
import { applyProductManifest } from './use-cases/apply-product-manifest.ts';
import { publishPlan } from './use-cases/publish-plan.ts';

let postgres: TestPostgres;
let databaseUrl: string;
let prisma: PrismaClient;
let productIds: readonly string[];

const clock = systemClock;
const parts = () => ({ unitOfWork: unitOfWork({ prisma, newId, clock }), newId, clock });
const rebuild = (): Promise<{ facts: number }> => retell({ databaseUrl, newId, clock });
const outbox = () => prisma.outbox.findMany({ orderBy: { id: 'asc' } });

beforeAll(async () => {
  postgres = await startTestPostgres();
  databaseUrl = await freshCatalogDatabase(postgres, 'retell');
  prisma = openTestPrisma(databaseUrl);
  const ids: string[] = [];
  for (const n of [1, 2]) {
    const manifest = changed((m) => {
      m.code = `PRODUCT_${n}`;
      for (const plan of m.plans) plan.code = `${plan.code}_${n}`;
    });
    const { id } = await applyProductManifest(parts(), operatorCause, { manifest, dryRun: false });
    ids.push(id);
  }
  // El segundo, con una característica y un plan menos.
  const smaller = changed((m) => {
    m.code = 'PRODUCT_2';
    at(m.modules, 0).features.pop();
    m.plans.shift();
    at(m.plans, 0).code += '_2';
  });
  await applyProductManifest(parts(), operatorCause, { manifest: smaller, dryRun: false });
  productIds = ids.toSorted();
});

beforeEach(async () => {
  await prisma.outbox.deleteMany();
});

afterAll(async () => {
  await prisma?.$disconnect();
  await postgres?.close();
});

describe('contar otra vez el catálogo', () => {
  it('sale el presente entero de cada producto, por su buzón', async () => {
    const { facts } = await rebuild();

    const rows = await outbox();
    const names = (productId: string | undefined) =>
      rows.filter((row) => row.aggregateId === productId).map(({ name }) => name);
    const counts = (productId: string | undefined) =>
      Object.fromEntries(
        names(productId).map((name) => [name, names(productId).filter((other) => other === name).length]),
      );
    expect(facts).toBe(rows.length);
    expect(rows.every(({ sentAt }) => sentAt === null)).toBe(true);
    expect(new Set(rows.map(({ messageId }) => messageId)).size).toBe(rows.length);
    const whole = { ProductChanged: 1, ModuleAdded: 2, FeatureAdded: 3, FeatureChanged: 3, PlanPublished: 2 };
    expect(counts(productIds[0])).toEqual(whole);
    expect(counts(productIds[1])).toEqual({ ...whole, FeatureRetired: 1, PlanRetired: 1 });
  });

  it('con la revisión que vale: quien ya lo sabía no cambia nada', async () => {
    await rebuild();
    const first = await outbox();
    await prisma.outbox.deleteMany();

    await rebuild();

    const second = await outbox();
    expect(second.map(({ data }) => data)).toEqual(first.map(({ data }) => data));
    const ids = new Set(first.map(({ messageId }) => messageId));
    expect(second.filter(({ messageId }) => ids.has(messageId))).toEqual([]);
    const products = second.filter(({ name }) => name === 'ProductChanged').map(({ data }) => data);
    expect(products).toMatchObject([
      { code: 'PRODUCT_1', revision: 1 },
      { code: 'PRODUCT_2', revision: 2 },
    ]);
  });

  it('mientras se publica: cada producto se cuenta entero, y lo nuevo antes o después', async () => {
    const productId = productIds[0] ?? '';
    const { code } = await prisma.plan.findFirstOrThrow({ where: { productId } });
    const offer = { ...at(changed(() => {}).plans, 1), code: parsePlanCode(code, 'code') };
    const publishing = Array.from({ length: 8 }, () =>
      publishPlan(parts(), operatorCause, { productId, offer }),
    );

    await Promise.all([...publishing, rebuild(), rebuild()]);

    const versions = (await outbox())
      .filter(
        ({ name, data }) => name === 'PlanPublished' && Reflect.get(data as object, 'code') === offer.code,
      )
      .map(({ data }) => Number(Reflect.get(data as object, 'version')));
    // Contadas en orden, ninguna versión llega sin que antes haya llegado la anterior.
    let highest = 1;
    for (const version of versions) {
      expect(version).toBeLessThanOrEqual(highest + 1);
      highest = Math.max(highest, version);
    }
    expect(highest).toBe(9);
  });

  it('no deja rastro en la auditoría, porque nada ha cambiado', async () => {
    const before = await prisma.auditEntry.count();

    await rebuild();

    expect(await prisma.auditEntry.count()).toBe(before);
  });

  it('si la base no contesta, lo dice', async () => {
    const wrong = databaseUrl.replace(/\/retell$/, '/no_existe');

    await expect(retell({ databaseUrl: wrong, newId, clock })).rejects.toThrow();
  });
});
