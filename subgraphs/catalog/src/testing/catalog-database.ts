import { fileURLToPath } from 'node:url';
import type { PrismaClient } from '@farutech/prisma/catalog';
import { migrate } from '@farutech/prisma/migrate';
import type { TestPostgres } from '../../../../tests/support/postgres.ts';
import { openPrisma } from '../persistence/open-prisma.ts';

const migrations = fileURLToPath(new URL('../../../../prisma/catalog/migrations', import.meta.url));

/**
 * `$disconnect` vuelve antes de que se cierren los sockets: si el servidor se apaga en ese hueco, las sesiones
 * reciben un 57P01 que ya no importa. Una consulta que falla, en cambio, falla en quien la hizo.
 */
export const lateTermination = (_error: Error): void => undefined;

export const openTestPrisma = (databaseUrl: string): PrismaClient =>
  openPrisma({ databaseUrl, onError: lateTermination });

/** Una base del catálogo, migrada y vacía. */
export async function freshCatalogDatabase(postgres: TestPostgres, name: string): Promise<string> {
  const url = await postgres.createDatabase(name);
  await migrate(url, [migrations]);
  return url;
}
