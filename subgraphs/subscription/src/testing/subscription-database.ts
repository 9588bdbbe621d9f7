import { fileURLToPath } from 'node:url';
import { migrate } from '@farutech/prisma/migrate';
import { PrismaClient } from '@farutech/prisma/subscription';
import { PrismaPg } from '@prisma/adapter-pg';
import type { TestPostgres } from '../../../../tests/support/postgres.ts';

const migrations = fileURLToPath(new URL('../../../../prisma/subscription/migrations', import.meta.url));

/** Una base de suscripciones, migrada y vacía. */
export async function freshSubscriptionDatabase(postgres: TestPostgres, name: string): Promise<string> {
  const url = await postgres.createDatabase(name);
  await migrate(url, [migrations]);
  return url;
}

/** Al cerrar, el servidor termina sesiones que el cliente aún no había soltado: no es un fallo de la prueba. */
export const ignoreLostConnection = (): void => undefined;

/** Deja la base como recién migrada: migrar otra por prueba costaría un segundo en cada una. */
export async function emptyTables(prisma: PrismaClient): Promise<void> {
  const tables = await prisma.$queryRaw<readonly { name: string }[]>`
    SELECT quote_ident(tablename) AS name FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`;
  await prisma.$executeRawUnsafe(`TRUNCATE ${tables.map(({ name }) => name).join(', ')} RESTART IDENTITY`);
}

export interface Counted {
  readonly prisma: PrismaClient;
  /** Las sentencias que pide hasta que `work` acaba. */
  statementsIn(work: () => Promise<unknown>): Promise<readonly string[]>;
}

/** El mismo cliente, que además cuenta lo que manda a la base. */
export function countedPrisma(connectionString: string): Counted {
  const prisma = new PrismaClient({
    adapter: new PrismaPg(
      { connectionString },
      { onPoolError: ignoreLostConnection, onConnectionError: ignoreLostConnection },
    ),
    log: [{ emit: 'event', level: 'query' }],
  });
  let heard: string[] = [];
  prisma.$on('query', ({ query }) => heard.push(query));
  return {
    prisma,
    async statementsIn(work) {
      heard = [];
      await work();
      return heard;
    },
  };
}
