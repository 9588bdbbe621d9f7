import { PrismaClient } from '@farutech/prisma/catalog';
import { createLogger } from '@farutech/runtime/logger';
import { PrismaPg } from '@prisma/adapter-pg';
import { type GraphQLSchema, graphql } from 'graphql';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '../../../../tests/support/postgres.ts';
import { catalogLoaders } from '../persistence/queries/catalog-loaders.ts';
import { catalogQueries } from '../persistence/queries/catalog-queries.ts';
import { unitOfWork } from '../persistence/unit-of-work.ts';
import { viewerOf } from '../testing/catalog-client.ts';
import { freshCatalogDatabase, lateTermination } from '../testing/catalog-database.ts';
import { changed } from '../testing/small-vet.ts';
import { now, operatorCause } from '../testing/use-case-parts.ts';
import { applyProductManifest } from '../use-cases/apply-product-manifest.ts';
import type { CatalogContext } from './context.ts';
import { buildCatalogSchema } from './schema.ts';

const everything = `query ($first: Int) { products(first: $first) { totalCount edges { node {
  code
  modules { code product { code } features { code module { code } } }
  features { code module { code product { code } } }
  plans { code price product { code } includedFeatures { code module { code } } }
} } } }`;

let postgres: TestPostgres;
let prisma: PrismaClient;
let schema: GraphQLSchema;
const statements: string[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
  const connectionString = await freshCatalogDatabase(postgres, 'statements');
  const counting = new PrismaClient({
    adapter: new PrismaPg(
      { connectionString },
      { onPoolError: lateTermination, onConnectionError: lateTermination },
    ),
    log: [{ emit: 'event', level: 'query' }],
  });
  counting.$on('query', ({ query }) => statements.push(query));
  prisma = counting;
  const parts = { unitOfWork: unitOfWork({ prisma, newId, clock: () => now }), newId, clock: () => now };
  ({ schema } = await buildCatalogSchema({ ...parts, queries: catalogQueries(prisma) }));
  for (let n = 0; n < 50; n += 1) {
    const manifest = changed((m) => {
      m.code = `PRODUCT_${n}`;
      for (const plan of m.plans) plan.code = `${plan.code}_${n}`;
    });
    await applyProductManifest(parts, operatorCause, { manifest, dryRun: false });
  }
});

afterAll(async () => {
  await prisma?.$disconnect();
  await postgres?.close();
});

async function countFor(first: number): Promise<{ products: number; statements: number }> {
  statements.length = 0;
  const contextValue: CatalogContext = {
    viewer: viewerOf('PLATFORM_ADMIN'),
    correlationId: operatorCause.correlationId,
    log: createLogger('catalog', { write: () => {} }),
    loaders: catalogLoaders(prisma),
    auditRefusal: () => Promise.resolve(),
  };
  const { data, errors } = await graphql({
    schema,
    source: everything,
    variableValues: { first },
    contextValue,
  });
  expect(errors).toBeUndefined();
  const { products } = data as { products: { edges: readonly unknown[] } };
  return { products: products.edges.length, statements: statements.length };
}

it('una consulta anidada cuesta las mismas sentencias para 2 productos que para 50', async () => {
  const few = await countFor(2);
  const many = await countFor(50);

  expect([few.products, many.products]).toEqual([2, 50]);
  expect(many.statements).toBe(few.statements);
  expect(few.statements).toBeGreaterThan(5);
  expect(few.statements).toBeLessThan(20);
});
