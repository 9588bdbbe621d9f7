import type { Secret } from '@farutech/kernel/secret';
import { type Prisma, PrismaClient } from '@farutech/prisma/tenant';
import { PrismaPg } from '@prisma/adapter-pg';
import { tenantFilter } from './tenant-filter.ts';

export type TenantClient = PrismaClient;

/** Lo que espera una persona: una base que tarda más en contestar cuenta como una que no contesta. */
const connectionTimeoutMs = 5_000;

export interface TenantClientOptions {
  readonly name: string;
  readonly connections: number;
  onPoolError(error: Error): void;
}

export function openTenantClient(connectionString: Secret, options: TenantClientOptions): TenantClient {
  const adapter = new PrismaPg(
    {
      connectionString: connectionString.reveal(),
      application_name: options.name,
      max: options.connections,
      connectionTimeoutMillis: connectionTimeoutMs,
      // Quien cierra lo ocioso es el almacén de clientes: una conexión que va y viene cuesta más que la consulta.
      idleTimeoutMillis: 0,
    },
    { onPoolError: options.onPoolError, onConnectionError: options.onPoolError },
  );
  return new PrismaClient({ adapter });
}

/** What `withTenant` hands over: a transaction in which PostgreSQL shows one tenant's rows alone. */
export type TenantTransaction = Prisma.TransactionClient;

/** The client as one tenant sees it. The filter changes what is asked, not the types. */
export const asTenant = (client: TenantClient, tenantId: string): TenantClient =>
  client.$extends(tenantFilter(tenantId)) as unknown as TenantClient;
