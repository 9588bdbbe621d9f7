import { randomUUID as newId } from 'node:crypto';
import { Secret } from '@farutech/kernel/secret';
import { Prisma } from '@farutech/prisma/tenant';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { enterEach, type TenantDatabases } from './tenant-databases.ts';
import { connectionsNamed, startTenantWorld, type TenantWorld } from './testing/tenant-world.ts';

let world: TenantWorld;
let tenants: TenantDatabases;
let norte: string;
let sur: string;
let own: string;
let other: string;
beforeAll(async () => {
  world = await startTenantWorld();
  [norte, sur] = [await world.addStandard(), await world.addStandard()];
  [own, other] = [await world.addEnterprise(), await world.addEnterprise()];
}, 60_000);
afterAll(() => world.close());
beforeEach(() => {
  tenants = world.open();
});
afterEach(async () => {
  await tenants.close();
  await eventually(async () => expect(await connectionsNamed(world, 'tenant-db-test')).toBe(0));
});

const user = (email: string) => ({
  tenantId: norte,
  id: newId(),
  email,
  displayName: 'Ana',
  role: 'VET',
  createdAt: new Date(),
});
const owners = (tenantId: string) =>
  tenants.withTenant(
    tenantId,
    (tx) => tx.$queryRaw<{ id: string }[]>`SELECT tenant_id AS id FROM tenant_owner`,
  );

describe('withTenant', () => {
  it.each([
    ['Standard', () => norte],
    ['Enterprise', () => own],
  ])('un inquilino %s ve lo suyo, también en SQL a mano', async (_, of) => {
    expect(await owners(of())).toEqual([{ id: of() }]);
  });

  it('la extensión pone el inquilino donde nadie lo ha escrito', async () => {
    await tenants.withTenant(sur, (tx) => tx.tenantUser.create({ data: user('ana@sur.test') }));

    const found = await tenants.withTenant(sur, (tx) => tx.tenantUser.findMany());
    expect(found).toMatchObject([{ tenantId: sur, email: 'ana@sur.test' }]);
    expect(await tenants.withTenant(norte, (tx) => tx.tenantUser.count())).toBe(0);
    const changed = await tenants.withTenant(norte, (tx) =>
      tx.tenantUser.updateMany({ data: { role: 'JEFE' } }),
    );
    expect(changed.count).toBe(0);
  });

  it.each([
    ['Standard', () => norte, () => sur],
    ['Enterprise', () => own, () => other],
  ])('un inquilino %s no escribe filas de otro', async (_, of, foreign) => {
    const writing = tenants.withTenant(
      of(),
      (tx) => tx.$executeRaw`INSERT INTO tenant_setting VALUES (${foreign()}::uuid, 'locale', '"en"', now())`,
    );

    await expect(writing).rejects.toThrow(/row-level security/);
  });

  it('lo que falla no deja nada, y la conexión vuelve sin inquilino', async () => {
    tenants = await tenants.close().then(() => world.open({ sharedConnections: 1 }));
    const failing = tenants.withTenant(norte, async (tx) => {
      await tx.tenantUser.create({ data: user('nadie@norte.test') });
      throw new Error('a medias');
    });

    await expect(failing).rejects.toThrow('a medias');
    expect(await tenants.withTenant(norte, (tx) => tx.tenantUser.count())).toBe(0);
    const loose = await tenants.readTenants(
      [norte],
      (tx) => tx.$queryRaw<unknown[]>`SELECT 1 FROM tenant_owner`,
    );
    expect(loose).toEqual([]);
  });

  it('quien entra en la compartida no es dueño de nada ni se salta nada', async () => {
    const rows = await tenants.withTenant(
      norte,
      (tx) => tx.$queryRaw`SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
        (SELECT count(*)::int FROM pg_class c WHERE c.relowner = r.oid) AS owned FROM pg_roles r WHERE rolname = current_user`,
    );

    expect(rows).toEqual([
      { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, owned: 0 },
    ]);
  });

  it('una cadena que lleva a la base de otro no se usa', async () => {
    const lost = newId();
    const home = world.homes.get(own);
    if (home !== undefined) world.homes.set(lost, home);

    await owners(own);
    await expect(owners(lost)).rejects.toMatchObject({ code: 'DATABASE_NOT_OURS' });
    await expect(owners(newId())).rejects.toMatchObject({ code: 'TENANT_WITHOUT_HOME' });
  });

  it('una base que no contesta es UNAVAILABLE, y la contraseña no sale en el error', async () => {
    const far = newId();
    const connectionString = new Secret('postgresql://t:una-clave-secreta@127.0.0.1:1/t');
    world.homes.set(far, {
      databaseId: 't_lejos',
      databaseTier: 'ENTERPRISE',
      connectionString,
      other: null,
    });

    const error = await owners(far).catch((failure: unknown) => failure);

    expect(error).toMatchObject({ code: 'UNAVAILABLE' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('una-clave-secreta');
    expect(tenants.figures().clients).toBe(0);
  });

  it('quien no encuentra conexión a tiempo recibe UNAVAILABLE', async () => {
    tenants = await tenants.close().then(() => world.open({ sharedConnections: 1, waitMs: 1_000 }));
    await owners(norte);
    let free: () => void = () => undefined;
    let begun: () => void = () => undefined;
    const inside = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const busy = tenants.withTenant(norte, () => {
      begun();
      return new Promise<void>((resolve) => {
        free = resolve;
      });
    });
    await inside;

    await expect(owners(sur)).rejects.toMatchObject({ code: 'UNAVAILABLE' });

    free();
    await busy;
    expect(await owners(sur)).toEqual([{ id: sur }]);
  });

  it('una conexión cortada por el servidor no tira el proceso: la siguiente es nueva', async () => {
    await owners(own);
    await owners(norte);
    await world.outside.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tenant-db-test'`,
    );

    await eventually(async () => {
      expect(await owners(own)).toEqual([{ id: own }]);
      expect(await owners(norte)).toEqual([{ id: norte }]);
    });
  });
});

describe('el tope de conexiones', () => {
  it('cuarenta a la vez por diez bases propias, con sitio para dos: todos pasan y nunca hay más', async () => {
    await tenants.close();
    const many = await Promise.all(Array.from({ length: 10 }, () => world.addEnterprise()));
    tenants = world.open({
      maxConnections: 8,
      sharedConnections: 4,
      connectionsPerClient: 2,
      waitMs: 20_000,
    });
    let most = 0;
    let watching = true;
    const watch = (async () => {
      while (watching) most = Math.max(most, await connectionsNamed(world, 'tenant-db-test'));
    })();

    const seen = await Promise.all(Array.from({ length: 40 }, (_, n) => owners(many[n % many.length] ?? '')));

    watching = false;
    await watch;
    expect(seen.map(([row]) => row?.id)).toEqual(seen.map((_, n) => many[n % many.length]));
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(8);
    expect(tenants.figures().connections).toBeLessThanOrEqual(8);
  }, 60_000);

  it('un tope en el que no caben las dos clases no arranca', () => {
    expect(() => world.open({ maxConnections: 8, sharedConnections: 8 })).toThrow(RangeError);
  });
});

describe('readTenants', () => {
  it('veinte inquilinos de la compartida son una sentencia, y cada uno trae lo suyo', async () => {
    const twenty = await Promise.all(Array.from({ length: 20 }, () => world.addStandard()));
    for (const [n, id] of twenty.entries()) {
      await world.outside.query(
        `INSERT INTO tenant_setting SELECT $1, 'key-' || k, to_jsonb($2::int), now() FROM generate_series(1, 3) AS k`,
        [id, n],
      );
    }
    await world.outside.query('ANALYZE');
    let groups = 0;

    const rows = await tenants.readTenants([...twenty, own], (tx, ids) => {
      groups += 1;
      return tx.$queryRaw<{ tenantId: string; key: string; value: number }[]>(Prisma.sql`
        SELECT s.tenant_id AS "tenantId", s.key, s.value FROM ${enterEach(ids)} CROSS JOIN LATERAL (
          SELECT * FROM tenant_setting t WHERE t.tenant_id = entered.tenant_id ORDER BY t.key LIMIT 2) AS s`);
    });

    expect(groups).toBe(2);
    expect(rows).toHaveLength(40);
    for (const [n, id] of twenty.entries()) {
      expect(rows.filter(({ tenantId }) => tenantId === id)).toEqual([
        { tenantId: id, key: 'key-1', value: n },
        { tenantId: id, key: 'key-2', value: n },
      ]);
    }
  });
});
