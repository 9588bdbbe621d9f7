import { PrismaClient } from '@farutech/prisma/subscription';
import { PrismaPg } from '@prisma/adapter-pg';

/** Los tres consumidores ocupan doce a la vez como mucho; el resto queda para quien pregunta. */
const poolSize = 20;
const connectTimeoutMs = 5_000;

export interface DatabaseOptions {
  readonly databaseUrl: string;
  /** Una conexión que se pierde sin que nadie la use; la siguiente se abre sola. */
  onError(error: Error): void;
}

/** Sin los dos oyentes, una sesión que el servidor termina acabaría con el proceso. */
export function openPrisma({ databaseUrl, onError }: DatabaseOptions): PrismaClient {
  const adapter = new PrismaPg(
    {
      connectionString: databaseUrl,
      max: poolSize,
      connectionTimeoutMillis: connectTimeoutMs,
      application_name: 'subscription',
    },
    { onPoolError: onError, onConnectionError: onError },
  );
  return new PrismaClient({ adapter });
}
