import type { FieldCipher } from '@farutech/kernel/field-cipher';
import type { Secret } from '@farutech/kernel/secret';
import { openTenantDatabases, type TenantDatabases } from '@farutech/tenant-db/tenant-databases';
import type { TenancyPrisma } from './open-prisma.ts';
import { findHomes } from './tenant-homes.ts';

interface OpenTenantsParts {
  readonly prisma: TenancyPrisma;
  readonly cipher: FieldCipher;
  /** La base compartida, con un rol que pertenece a farutech_app y no es dueño de nada. */
  readonly sharedUrl: Secret;
  readonly maxConnections: number;
  onError(error: unknown): void;
}

export const openTenants = ({ prisma, cipher, ...options }: OpenTenantsParts): TenantDatabases =>
  openTenantDatabases({
    ...options,
    name: 'tenancy-tenants',
    findHomes: findHomes(prisma, cipher),
    // La compartida sirve a la mayoría; lo demás, uno por base propia: así caben más a la vez y se abren menos veces.
    sharedConnections: Math.max(1, Math.floor(options.maxConnections / 5)),
    connectionsPerClient: 1,
    idleMs: 60_000,
    waitMs: 5_000,
    transactionMs: 10_000,
  });
