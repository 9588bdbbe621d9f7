import { randomUUID as newId } from 'node:crypto';
import { Prisma } from '@farutech/prisma/tenant';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import type { TenantTransaction } from './tenant-client.ts';
import { enterEach, type TenantDatabases } from './tenant-databases.ts';
import type { TenantHome } from './tenant-home.ts';
import { startTenantWorld, type TenantWorld } from './testing/tenant-world.ts';

let world: TenantWorld;
let tenants: TenantDatabases;
let id: string;
let own: pg.Pool;
let shared: TenantHome;
let apart: TenantHome;
beforeAll(async () => {
  world = await startTenantWorld();
}, 60_000);
afterAll(async () => {
  await tenants.close();
  await world.close();
});

/** Vive en la compartida, y su base propia ya existe. */
beforeEach(async () => {
  await own?.end();
  await tenants?.close();
  tenants = world.open();
  id = newId();
  await world.addEnterprise(id);
  const isolated = world.homes.get(id);
  await world.addStandard(id);
  const together = world.homes.get(id);
  if (isolated === undefined || together === undefined) throw new TypeError('sin casas');
  apart = { ...isolated, other: null };
  shared = { ...together, other: null };
  own = openOne(world.databaseUrlOf(id));
  await gate(own, 'INCOMING', 'shared');
});
afterAll(() => own.end());

function openOne(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 1 });
  // Se le puede quitar la base, o apagar el servidor, mientras aún se despide.
  pool.on('error', () => undefined);
  return pool;
}

const gate = (pool: pg.Pool, state: string, movedTo: string | null) =>
  pool.query('UPDATE tenant_gate SET state = $2::gate_state, moved_to = $3 WHERE tenant_id = $1', [
    id,
    state,
    movedTo,
  ]);

/** El cierre de verdad: primero la casa nueva, luego la vieja, con el torno en exclusiva. */
async function moveAway(): Promise<void> {
  await gate(own, 'LOGGING', null);
  const client = await world.outside.connect();
  await client.query('BEGIN');
  await client.query('SELECT pg_advisory_xact_lock(42, hashtext($1))', [id]);
  await client.query(`UPDATE tenant_gate SET state = 'MOVED', moved_to = $2 WHERE tenant_id = $1`, [
    id,
    apart.databaseId,
  ]);
  await client.query('COMMIT');
  client.release();
}

const put = (tx: TenantTransaction, key = 'locale') =>
  tx.tenantSetting.create({ data: { tenantId: id, key, value: 'es', updatedAt: new Date() } });
const settingsAt = async (pool: pg.Pool): Promise<number> =>
  (await pool.query('SELECT 1 FROM tenant_setting WHERE tenant_id = $1', [id])).rowCount ?? 0;
const databaseNow = (): Promise<string> => tenants.withTenant(id, async (_, databaseId) => databaseId);

describe('Un inquilino que ya no está donde se le busca', () => {
  it('la puerta señala dónde, y allí se escribe y se lee, aunque quien encamina aún no lo sepa', async () => {
    world.homes.set(id, { ...shared, other: apart });
    await moveAway();

    await tenants.withTenant(id, (tx) => put(tx));

    expect([await settingsAt(world.outside), await settingsAt(own)]).toEqual([0, 1]);
    expect(await databaseNow()).toBe(apart.databaseId);
    expect(tenants.figures().redirects).toBe(2);
  });

  it('quien ya había entrado cuando se cerró vuelve a empezar en la otra', async () => {
    world.homes.set(id, { ...shared, other: apart });
    const where: string[] = [];

    await tenants.withTenant(id, async (tx, databaseId) => {
      where.push(databaseId);
      if (where.length === 1) await moveAway();
      await put(tx);
    });

    expect(where).toEqual(['shared', apart.databaseId]);
    expect([await settingsAt(world.outside), await settingsAt(own)]).toEqual([0, 1]);
  });

  it.each(['modelo', 'SQL'])(
    'REPEATABLE READ, con una instantánea de antes del cierre: tampoco (%s)',
    async (way) => {
      world.homes.set(id, { ...shared, other: apart });
      const where: string[] = [];

      await tenants.withTenant(
        id,
        async (tx, databaseId) => {
          where.push(databaseId);
          await tx.tenantSetting.count();
          if (where.length === 1) await moveAway();
          if (way === 'modelo') await put(tx);
          else await tx.$executeRaw`INSERT INTO tenant_setting VALUES (${id}::uuid, 'locale', '"es"', now())`;
        },
        { isolation: 'REPEATABLE READ' },
      );

      expect(where.at(-1)).toBe(apart.databaseId);
      expect([await settingsAt(world.outside), await settingsAt(own)]).toEqual([0, 1]);
      expect(tenants.figures().conflicts).toBe(1);
    },
  );

  it('a una base que no se conoce se va en cuanto quien encamina la dice', async () => {
    await moveAway();
    let done = false;
    const writing = tenants
      .withTenant(id, (tx) => put(tx))
      .then(() => {
        done = true;
      });
    await eventually(() => expect(tenants.figures().redirects).toBeGreaterThan(2));
    expect(done).toBe(false);

    world.homes.set(id, { ...apart, other: shared });
    await writing;

    expect(await settingsAt(own)).toBe(1);
  });

  it('de vuelta a la compartida no hace falta que nadie lo diga', async () => {
    await gate(own, 'MOVED', 'shared');
    world.homes.set(id, apart);

    expect(await databaseNow()).toBe('shared');
  });

  it('la que se deja puede haberse quitado ya: se escribe en la otra, aunque la ruta sea vieja', async () => {
    world.homes.set(id, { ...apart, other: shared });
    expect(await databaseNow()).toBe('shared');
    await own.end();
    await world.outside.query(`DROP DATABASE ${apart.databaseId} WITH (FORCE)`);

    await tenants.withTenant(id, (tx) => put(tx));

    expect(await settingsAt(world.outside)).toBe(1);
    world.homes.set(id, { ...apart, other: null });
    await expect(databaseNow()).rejects.toThrow();
    own = openOne(world.sharedUrl.reveal());
  });

  it('lo que falla ya dentro no se hace otra vez en la otra', async () => {
    world.homes.set(id, { ...shared, other: apart });
    let times = 0;

    const work = tenants.withTenant(id, async () => {
      times += 1;
      throw new TypeError('del trabajo');
    });

    await expect(work).rejects.toThrow('del trabajo');
    expect(times).toBe(1);
  });

  it('cerrado del todo es no tener casa', async () => {
    await gate(world.outside, 'MOVED', null);

    await expect(databaseNow()).rejects.toMatchObject({ code: 'TENANT_WITHOUT_HOME' });
    expect(await tenants.readTenants([id], (tx) => tx.$queryRaw<unknown[]>`SELECT 1`)).toEqual([]);
  });

  it('si no aparece en cinco segundos, UNAVAILABLE', async () => {
    await world.outside.query('DELETE FROM tenant_gate WHERE tenant_id = $1', [id]);
    const from = performance.now();

    await expect(databaseNow()).rejects.toMatchObject({ code: 'UNAVAILABLE' });

    expect(performance.now() - from).toBeGreaterThan(4_900);
    await world.outside.query('INSERT INTO tenant_gate (tenant_id) VALUES ($1)', [id]);
  });

  it('readTenants lee al que se fue donde está, no lo que dejó', async () => {
    const stays = await world.addStandard();
    for (const [tenantId, value] of [
      [stays, '"queda"'],
      [id, '"vieja"'],
    ]) {
      await world.outside.query(`INSERT INTO tenant_setting VALUES ($1, 'k', $2, now())`, [tenantId, value]);
    }
    world.homes.set(id, { ...shared, other: apart });
    await moveAway();
    await own.query(`INSERT INTO tenant_setting VALUES ($1, 'k', '"nueva"', now())`, [id]);

    const rows = await tenants.readTenants([stays, id], (tx, ids) =>
      tx.$queryRaw<{ value: string }[]>(Prisma.sql`SELECT s.value FROM ${enterEach(ids)} CROSS JOIN LATERAL (
        SELECT * FROM tenant_setting t WHERE t.tenant_id = entered.tenant_id LIMIT 5) AS s`),
    );

    expect(rows.map(({ value }) => value).toSorted()).toEqual(['nueva', 'queda']);
  });

  it('a la base exacta se le pregunta aunque ya no viva en ella', async () => {
    world.homes.set(id, { ...shared, other: apart });
    const ask = (databaseId: string) =>
      tenants.withTenantAt(id, databaseId, async (tx, at) => {
        const [row] = await tx.$queryRaw<{ name: string }[]>`SELECT current_database()::text AS name`;
        return [at, row?.name];
      });
    await moveAway();

    expect(await ask('shared')).toEqual(['shared', 'tenants']);
    expect(await ask(apart.databaseId)).toEqual([apart.databaseId, apart.databaseId]);
    await expect(ask('t_otra')).rejects.toMatchObject({ code: 'TENANT_NOT_THERE' });
  });
});

describe('La puerta', () => {
  it('mientras se copia anota la clave de lo que cambia, y la de antes si cambió', async () => {
    await gate(world.outside, 'LOGGING', null);
    await tenants.withTenant(id, async (tx) => {
      await put(tx, 'uno');
      await tx.$executeRaw`UPDATE tenant_setting SET key = 'dos' WHERE key = 'uno'`;
      await tx.$executeRaw`DELETE FROM tenant_setting WHERE key = 'dos'`;
    });

    const { rows } = await world.outside.query(
      'SELECT tbl, pk FROM tenant_change WHERE tenant_id = $1 ORDER BY id',
      [id],
    );

    const key = (name: string) => ({ tbl: 'tenant_setting', pk: { tenant_id: id, key: name } });
    expect(rows).toEqual([key('uno'), key('dos'), key('uno'), key('dos')]);
  });

  it('la marca de quien mueve no abre nada a una aplicación', async () => {
    await gate(world.outside, 'MOVED', 'otra');
    const forging = tenants.withTenantAt(id, 'shared', async (tx) => {
      await tx.$executeRaw`SELECT set_config('app.tenant_mover', 'on', true)`;
      await put(tx);
    });

    await expect(forging).rejects.toMatchObject({
      meta: { driverAdapterError: { cause: { code: 'FT001' } } },
    });
  });

  it('una tabla protegida no se trunca, y sin clave primaria no se protege', async () => {
    await expect(world.outside.query('TRUNCATE tenant_setting')).rejects.toMatchObject({ code: 'FT002' });
    await world.outside.query('CREATE TABLE sin_clave (tenant_id uuid NOT NULL)');
    await expect(world.outside.query(`SELECT protect_tenant_table('sin_clave')`)).rejects.toThrow(
      'no tiene clave primaria',
    );
  });
});
