import { fileURLToPath } from 'node:url';
import { Secret } from '@farutech/kernel/secret';
import { migrate } from '@farutech/prisma/migrate';
import type { TenantDatabases } from '@farutech/tenant-db/tenant-databases';
import { v7 as newId } from 'uuid';
import {
  startTenantWorld,
  type TenantWorld,
} from '../../../../packages/tenant-db/src/testing/tenant-world.ts';
import type { DatabaseTier } from '../domain/tenant-instance.ts';
import { openPrisma, type TenancyPrisma } from '../persistence/open-prisma.ts';
import { openTenants } from '../persistence/open-tenants.ts';
import { createUnitOfWork } from '../persistence/unit-of-work.ts';
import { provisionTenantInstance } from '../use-cases/provision-tenant-instance.ts';
import { registerCustomer } from '../use-cases/register-customer.ts';
import { exito, norte, operatorCause, vetProfessional, viewerOf } from './builders.ts';
import { testCipher } from './tenancy-database.ts';

const migrations = fileURLToPath(new URL('../../../../prisma/tenancy/migrations', import.meta.url));
const clock = (): Date => new Date();

export interface TenantsAtHome {
  readonly world: TenantWorld;
  readonly url: string;
  readonly prisma: TenancyPrisma;
  readonly customerId: string;
  /** Una instancia ACTIVE con su casa en una base de verdad. */
  addInstance(tier: DatabaseTier, maxUsers?: number): Promise<string>;
  /** Una casa más para quien ya tiene otra: el destino de un traslado. */
  addHome(
    instanceId: string,
    tier: DatabaseTier,
  ): Promise<{ readonly databaseId: string; readonly connectionCipher: string | null }>;
  openTenants(maxConnections?: number): TenantDatabases;
  close(): Promise<void>;
}

/** La base de tenancy y las de los inquilinos, en un servidor propio. */
export async function startTenantsAtHome(): Promise<TenantsAtHome> {
  const world = await startTenantWorld();
  const url = await world.server.createDatabase('tenancy');
  await migrate(url, [migrations]);
  const prisma = openPrisma(url, () => undefined);
  const parts = {
    unitOfWork: createUnitOfWork({ prisma, cipher: testCipher, newId, clock }),
    newId,
    clock,
    tenantDomain: 'tenants.farutech.test',
    learnOffer: async () => ({ productExists: true, plan: vetProfessional }),
  };
  const { id: customerId } = await registerCustomer(parts, operatorCause, exito);
  let count = 0;

  async function addHome(instanceId: string, tier: DatabaseTier) {
    if (tier === 'STANDARD') {
      await world.addStandard(instanceId);
      return { databaseId: 'shared', connectionCipher: null };
    }
    await world.addEnterprise(instanceId);
    const home = world.homes.get(instanceId);
    if (home?.databaseTier !== 'ENTERPRISE') throw new TypeError('sin casa propia');
    // Como lo cifra el trabajador: atado a su instancia.
    const connectionCipher = testCipher.encrypt(
      home.connectionString.reveal(),
      `TenantInstance:${instanceId}:connectionString`,
    );
    return { databaseId: home.databaseId, connectionCipher };
  }

  return {
    world,
    url,
    prisma,
    customerId,
    async addInstance(databaseTier, maxUsers = 25) {
      count += 1;
      const input = norte(customerId, { instanceCode: `sede-${count}`, databaseTier });
      const { id } = await provisionTenantInstance(parts, operatorCause, viewerOf('PLATFORM_ADMIN'), input);
      const home = await addHome(id, databaseTier);
      await prisma.tenantHome.create({ data: { tenantId: id, databaseTier, ...home } });
      await prisma.tenantInstance.update({ where: { id }, data: { status: 'ACTIVE', maxUsers } });
      return id;
    },
    addHome,
    openTenants: (maxConnections = 20) =>
      openTenants({
        prisma,
        cipher: testCipher,
        sharedUrl: new Secret(world.sharedUrl.reveal()),
        maxConnections,
        onError: () => undefined,
      }),
    async close() {
      await prisma.$disconnect();
      await world.close();
    },
  };
}
