import { PrismaClient } from '@farutech/prisma/tenancy';
import { PrismaPg } from '@prisma/adapter-pg';
import { nameStatements } from './name-statements.ts';

/** Las de una lista de ids son una por longitud: sin tope, una conexión acabaría recordando miles. */
const maxNamed = 300;

export type TenancyPrisma = PrismaClient;
/** El cliente dentro de una transacción. */
export type Transaction = Parameters<Parameters<PrismaClient['$transaction']>[0]>[0];

/** `onStatement` ve el texto de cada sentencia: las pruebas las cuentan. */
export function openPrisma(
  databaseUrl: string,
  onPoolError: (error: Error) => void,
  onStatement?: (sql: string) => void,
): TenancyPrisma {
  const adapter = new PrismaPg(
    {
      connectionString: databaseUrl,
      application_name: 'tenancy',
      max: 10,
      // También lo que se espera a que quede una libre: lo mismo que una transacción espera a empezar.
      connectionTimeoutMillis: 10_000,
      // El nivel de toda transacción, dicho una vez: pedido en cada una sería una ida y vuelta más en cada hecho.
      options: '-c default_transaction_isolation=read\\ committed',
    },
    { onPoolError, onConnectionError: onPoolError, statementNameGenerator: nameStatements(maxNamed) },
  );
  if (onStatement === undefined) return new PrismaClient({ adapter });
  const prisma = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
  prisma.$on('query', ({ query }) => onStatement(query));
  return prisma as unknown as PrismaClient;
}
