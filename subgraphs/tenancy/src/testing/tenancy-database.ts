import { fileURLToPath } from 'node:url';
import { migrate } from '@farutech/prisma/migrate';
import { createFieldCipher, developmentFieldKeys } from '@farutech/runtime/field-cipher';
import { v7 as newId } from 'uuid';
import { startTestPostgres, type TestPostgres } from '../../../../tests/support/postgres.ts';
import { openPrisma, type TenancyPrisma } from '../persistence/open-prisma.ts';
import { createUnitOfWork } from '../persistence/unit-of-work.ts';

const migrations = fileURLToPath(new URL('../../../../prisma/tenancy/migrations', import.meta.url));
export const testCipher = createFieldCipher(developmentFieldKeys);

export interface TenancyDatabase {
  readonly url: string;
  readonly server: TestPostgres;
  readonly prisma: TenancyPrisma;
  /** Las sentencias que ha visto el cliente. */
  readonly statements: string[];
  readonly unitOfWork: ReturnType<typeof createUnitOfWork>;
  close(): Promise<void>;
}

/** Una base de tenancy con sus migraciones, en un servidor propio. */
export async function startTenancyDatabase(): Promise<TenancyDatabase> {
  const server = await startTestPostgres();
  const url = await server.createDatabase('tenancy');
  await migrate(url, [migrations]);
  const statements: string[] = [];
  const prisma = openPrisma(
    url,
    () => undefined,
    (sql) => statements.push(sql),
  );
  return {
    url,
    server,
    prisma,
    statements,
    unitOfWork: createUnitOfWork({ prisma, cipher: testCipher, newId, clock: () => new Date() }),
    async close() {
      await prisma.$disconnect();
      await server.close();
    },
  };
}
