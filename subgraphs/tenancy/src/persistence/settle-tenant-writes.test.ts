import type { TenantDatabases } from '@farutech/tenant-db/tenant-databases';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { operatorCause, viewerOf } from '../testing/builders.ts';
import { startTenantsAtHome, type TenantsAtHome } from '../testing/tenants-at-home.ts';
import { addTenantUser } from '../use-cases/add-tenant-user.ts';
import { settleTenantWrites } from './settle-tenant-writes.ts';
import { createTenantDesk } from './tenant-desk.ts';
import { type TenantWrites, tenantWrites } from './tenant-writes.ts';

const clock = (): Date => new Date();
/** Cuando ya nadie tiene en sus manos lo anunciado. */
const later = (): Date => new Date(Date.now() + 60_000);

let atHome: TenantsAtHome;
let tenants: TenantDatabases;
let writes: TenantWrites;
beforeAll(async () => {
  atHome = await startTenantsAtHome();
  tenants = atHome.openTenants();
  writes = tenantWrites(atHome.prisma, newId, clock);
}, 60_000);
afterAll(async () => {
  await tenants.close();
  await atHome.close();
});

const failures: unknown[] = [];
beforeEach(() => {
  failures.length = 0;
});

const sweep = (at = later): Promise<number> =>
  settleTenantWrites({
    prisma: atHome.prisma,
    tenants,
    writes,
    clock: at,
    onError: (error) => failures.push(error),
  });

function add(instanceId: string, dying: Partial<TenantWrites>): Promise<unknown> {
  const onUnsettled = (error: unknown): void => {
    failures.push(error);
  };
  const desk = createTenantDesk({ tenants, writes: { ...writes, ...dying }, newId, onUnsettled });
  return addTenantUser({ tenantDesk: desk, newId, clock }, operatorCause, viewerOf('PLATFORM_ADMIN'), {
    instanceId,
    email: 'ana@norte.test',
    displayName: 'Ana',
    role: 'VET',
  });
}

const users = (id: string): Promise<number> => tenants.withTenant(id, (tx) => tx.tenantUser.count());
const lines = (entityId: string) =>
  atHome.prisma.auditEntry.findMany({ where: { entityId, action: 'addTenantUser' } });
const pending = (tenantInstanceId: string): Promise<number> =>
  atHome.prisma.tenantWrite.count({ where: { tenantInstanceId } });

const dead = async (): Promise<never> => {
  throw new Error('el proceso muere aquí');
};

describe.each(['STANDARD', 'ENTERPRISE'] as const)(
  'un proceso que muere cambiando un inquilino %s',
  (tier) => {
    it('con el cambio ya confirmado: consta después, una vez', async () => {
      const id = await atHome.addInstance(tier);
      await add(id, { settle: dead });
      expect([await users(id), await pending(id), (await lines(id)).length]).toEqual([1, 1, 0]);

      await Promise.all([sweep(), sweep()]);

      expect([await users(id), await pending(id)]).toEqual([1, 0]);
      expect(await lines(id)).toMatchObject([{ outcome: 'ACCEPTED', code: null, actor: 'operator' }]);
    });

    it('con el cambio anunciado y sin confirmar: no pasó nada, y nada consta', async () => {
      const id = await atHome.addInstance(tier);
      const announce: TenantWrites['announce'] = async (...all) => {
        await writes.announce(...all);
        await dead();
      };
      await expect(add(id, { announce })).rejects.toThrow('muere');
      expect(await pending(id)).toBe(1);

      await sweep();

      expect([await users(id), await pending(id), (await lines(id)).length]).toEqual([0, 0, 0]);
    });

    it('mientras la transacción sigue abierta no se decide nada; al acabar, sí', async () => {
      const id = await atHome.addInstance(tier);
      const other = atHome.openTenants();
      let found: () => void = () => undefined;
      const announced = new Promise<void>((resolve) => {
        found = resolve;
      });
      let goOn: () => void = () => undefined;
      const held = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const announce: TenantWrites['announce'] = async (...all) => {
        await writes.announce(...all);
        found();
        await held;
      };
      const adding = add(id, { announce, settle: dead });
      await announced;

      // Con otra conexión: la de una base propia está en la transacción que se pregunta.
      const parts = { prisma: atHome.prisma, tenants: other, writes, clock: later };
      await settleTenantWrites({ ...parts, onError: (error) => failures.push(error) });
      expect([await pending(id), (await lines(id)).length]).toEqual([1, 0]);
      goOn();
      await adding;
      await sweep();

      expect([await users(id), await pending(id), (await lines(id)).length]).toEqual([1, 0, 1]);
      await other.close();
    });
  },
);

describe('un inquilino que se ha trasladado', () => {
  /** La fila queda como tras el cambio de casa: la de antes, o ninguna, es la otra. */
  async function move(tenantId: string, to: 'STANDARD' | 'ENTERPRISE', keepsOther: boolean): Promise<void> {
    const before = await atHome.prisma.tenantHome.findUniqueOrThrow({ where: { tenantId } });
    const place = await atHome.addHome(tenantId, to);
    const other = {
      otherDatabaseId: before.databaseId,
      otherDatabaseTier: before.databaseTier,
      otherConnectionCipher: before.connectionCipher,
    };
    await atHome.prisma.tenantHome.update({
      where: { tenantId },
      data: { databaseTier: to, ...place, ...(keepsOther && other) },
    });
  }

  it.each([
    ['STANDARD', 'ENTERPRISE'],
    ['ENTERPRISE', 'STANDARD'],
  ] as const)('de %s a %s: del cambio se pregunta en la base en que se hizo', async (from, to) => {
    const id = await atHome.addInstance(from);
    await add(id, { settle: dead });
    await move(id, to, true);

    await sweep();

    expect(await pending(id)).toBe(0);
    expect(await lines(id)).toMatchObject([{ outcome: 'ACCEPTED', code: null }]);
  });

  it('si la de antes ya no está, consta que se intentó y que no se sabe', async () => {
    const id = await atHome.addInstance('ENTERPRISE');
    await add(id, { settle: dead });
    await move(id, 'STANDARD', false);

    await sweep();

    expect(await pending(id)).toBe(0);
    expect(await lines(id)).toMatchObject([{ code: 'OUTCOME_UNKNOWN' }]);
  });

  it('lo mismo de quien se dio de baja y ya no tiene casa', async () => {
    const id = await atHome.addInstance('STANDARD');
    await add(id, { settle: dead });
    await atHome.prisma.tenantHome.delete({ where: { tenantId: id } });
    await atHome.prisma.tenantInstance.update({ where: { id }, data: { status: 'DECOMMISSIONED' } });

    await sweep();

    expect(await pending(id)).toBe(0);
    expect(await lines(id)).toMatchObject([{ code: 'OUTCOME_UNKNOWN' }]);
  });
});

it('lo recién anunciado está en manos de su petición: no se toca', async () => {
  const id = await atHome.addInstance('STANDARD');
  await add(id, { settle: dead });

  expect(await sweep(clock)).toBe(0);
  expect(await pending(id)).toBe(1);
});

it('una base que no contesta no detiene a las demás', async () => {
  const [gone, fine] = [await atHome.addInstance('ENTERPRISE'), await atHome.addInstance('STANDARD')];
  await add(gone, { settle: dead });
  await add(fine, { settle: dead });
  await atHome.prisma.tenantHome.delete({ where: { tenantId: gone } });
  failures.length = 0;

  await sweep();

  expect(failures).toMatchObject([{ code: 'TENANT_WITHOUT_HOME' }]);
  expect([await pending(gone), await pending(fine)]).toEqual([1, 0]);
});
