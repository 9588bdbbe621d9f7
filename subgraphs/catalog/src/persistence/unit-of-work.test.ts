import type { PrismaClient } from '@farutech/prisma/catalog';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../../../tests/support/postgres.ts';
import { parseProductCode } from '../domain/catalog-code.ts';
import { nextVersion, type PlanVersion, publication } from '../domain/plan.ts';
import type { Change, Stores, UnitOfWork } from '../domain/ports.ts';
import { Product } from '../domain/product.ts';
import { freshCatalogDatabase, openTestPrisma } from '../testing/catalog-database.ts';
import { at, changed } from '../testing/small-vet.ts';
import { now, operatorCause } from '../testing/use-case-parts.ts';
import { unitOfWork } from './unit-of-work.ts';

const manifest = changed(() => {});

let postgres: TestPostgres;
let prisma: PrismaClient;
let work: UnitOfWork;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const databaseUrl = await freshCatalogDatabase(postgres, 'unit_of_work');
  prisma = openTestPrisma(databaseUrl);
  work = unitOfWork({ prisma, newId, clock: () => now });
});

beforeEach(async () => {
  await prisma.$executeRaw`TRUNCATE product, outbox, audit_entry CASCADE`;
});

afterAll(async () => {
  await prisma?.$disconnect();
  await postgres?.close();
});

describe('la transacción en PostgreSQL', () => {
  it('guarda filas, buzón y auditoría juntas, o ninguna', async () => {
    const product = Product.create(parseProductCode('FARUTECH_CRM', 'code'), manifest, newId(), now);
    const change = async ({ products }: Stores): Promise<Change<{ id: string }>> => {
      await products.save(product);
      return {
        result: { id: product.id },
        events: product.events,
        audit: {
          action: 'applyProductManifest',
          entityType: 'Product',
          entityId: product.id,
          outcome: 'ACCEPTED',
          detail: {},
        },
      };
    };
    const counts = async (): Promise<number[]> => [
      await prisma.product.count(),
      await prisma.outbox.count(),
      await prisma.auditEntry.count(),
    ];

    const unreadable = { ...publication(versionless(product)), data: { code: 'esto no cumple su contrato' } };
    const failing = work(operatorCause, async (stores) => ({
      ...(await change(stores)),
      events: [unreadable],
    }));
    await expect(failing).rejects.toThrow();
    expect(await counts()).toEqual([0, 0, 0]);

    await work(operatorCause, change);
    expect(await counts()).toEqual([1, 1, 1]);
    expect(await prisma.outbox.findFirst()).toMatchObject({
      name: 'ProductChanged',
      aggregateId: product.id,
      correlationId: operatorCause.correlationId,
      sentAt: null,
    });
  });
});

const versionless = (product: Product): PlanVersion =>
  nextVersion(at(manifest.plans, 1), undefined, {
    id: newId(),
    productId: product.id,
    productCode: product.code,
    features: [],
    at: now,
  });
