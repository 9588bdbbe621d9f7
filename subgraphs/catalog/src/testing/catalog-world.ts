import { readFileSync } from 'node:fs';
import { Secret } from '@farutech/kernel/secret';
import type { Viewer } from '@farutech/kernel/viewer';
import type { PrismaClient } from '@farutech/prisma/catalog';
import { createLogger } from '@farutech/runtime/logger';
import { startTestPostgres } from '../../../../tests/support/postgres.ts';
import { startCatalog } from '../start.ts';
import { type Answer, catalogClient, viewerOf } from './catalog-client.ts';
import { freshCatalogDatabase, openTestPrisma } from './catalog-database.ts';

export const testSecret = new Secret('un-secreto-interno-de-las-pruebas-del-catalogo');
export const realProducts = ['farutech-vet', 'farutech-erp', 'farutech-crm'] as const;

export const manifestOf = (folder: (typeof realProducts)[number]): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../../../../products/${folder}/product.json`, import.meta.url), 'utf8'));

export const applyDocument = `mutation ($manifest: JSON!, $dryRun: Boolean) {
  applyProductManifest(manifest: $manifest, dryRun: $dryRun) {
    applied product { id code } changes { action kind code detail }
  }
}`;

/** Código y campo del primer error. */
export const refusal = ({ errors }: Answer): unknown[] => [
  errors[0]?.extensions.code,
  errors[0]?.extensions.field,
];

export interface CatalogWorld {
  readonly url: string;
  readonly prisma: PrismaClient;
  as(viewer: Viewer, query: string, variables?: object): Promise<Answer>;
  /** Como PLATFORM_ADMIN. */
  operate(query: string, variables?: object): Promise<Answer>;
  close(): Promise<void>;
}

/** El catálogo servido como en producción, con ROLE=api: sin NATS. */
export async function openCatalogWorld(): Promise<CatalogWorld> {
  const postgres = await startTestPostgres();
  const databaseUrl = await freshCatalogDatabase(postgres, 'catalog');
  const log = createLogger('catalog', { write: () => {} });
  const prisma = openTestPrisma(databaseUrl);
  const served = {
    host: '127.0.0.1',
    port: 0,
    databaseUrl,
    natsUrl: 'nats://127.0.0.1:1',
    ackWaitMs: 30_000,
    pruneCron: '17 3 * * *',
    outboxKeepDays: 7,
    clock: () => new Date(),
  };
  const catalog = await startCatalog({ ...served, internalTokenSecret: testSecret, role: 'api' }, log);
  const ask = catalogClient(testSecret);
  return {
    url: catalog.url,
    prisma,
    as: (viewer, query, variables) => ask(catalog.url, viewer, query, variables),
    operate: (query, variables) => ask(catalog.url, viewerOf('PLATFORM_ADMIN'), query, variables),
    async close() {
      await catalog.close();
      await prisma.$disconnect();
      await postgres.close();
    },
  };
}
