import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { catchUp } from './catch-up.ts';
import { copyTenant } from './copy.ts';
import { readGate } from './gate.ts';
import { type Move, takeMove } from './move.ts';
import { moveBack } from './move-back.ts';
import { deleteTenantRows, stopLogging } from './settle.ts';
import { switchHome } from './switch.ts';
import { type MoverServer, startMoverServer, type TwoDatabases } from './testing/two-databases.ts';
import { verify } from './verify.ts';

let server: MoverServer;
let two: TwoDatabases;
beforeAll(async () => {
  server = await startMoverServer();
}, 60_000);
afterAll(() => server?.close());

async function take(ends = two.ends): Promise<Move> {
  const move = await takeMove(ends);
  if (move === 'switched') throw new TypeError('ya estaba movido');
  return move;
}

/** Todas las filas de una tabla, como las escribe PostgreSQL. */
async function rowsOf(client: pg.Client, table: string, tenantId = two.tenantId): Promise<readonly string[]> {
  const { rows } = await client.query<{ row: string }>(
    `SELECT x::text AS row FROM ${table} x WHERE tenant_id = $1 ORDER BY 1`,
    [tenantId],
  );
  return rows.map(({ row }) => row);
}

const odd = '"Raro, sí"';
const tables = [odd, 'node', 'leaf', 'tenant_setting', 'tenant_user'];

async function expectSame(): Promise<void> {
  for (const table of tables) expect(await rowsOf(two.own, table)).toEqual(await rowsOf(two.shared, table));
}

async function fill(client: pg.Client): Promise<void> {
  const id = two.tenantId;
  await client.query(
    `INSERT INTO ${odd} (tenant_id, "clave""1", part, f8, f4, amount, money, at, day, span, raw, words, nested, doc, plain, c,
       m, s, ip, b, bits, r, x, t, tz) VALUES
     ($1, '2026-01-01 00:00:00.123456+00', '\\x00ff', 0.1::float8 + 0.2, 'NaN', 1.10, 12.3400, '0044-03-15 BC', 'infinity',
      '-3 mons 1 day 00:00:00.000001', '\\xdeadbeef', ARRAY['a,"b', NULL, '\\ñ'], '[2:3][1:1]={{1},{2}}', 'null', '{"b": 1,  "a":1, "a": 2}',
      'ab', 'it''s "odd"', 'corto', '10.0.0.0/8', true, B'10101', '[1,5)', '<a>&lt;</a>', '23:59:59.999999', '10:00+05'),
     ($1, '2026-01-01 00:00:00.123457+00', '\\x', '-Infinity', 1e-30, 'NaN', NULL, 'infinity', '2026-02-28', NULL, '', '{}', NULL,
      '{"clave": "ñ\\u00e9"}', 'null', '', 'calm', NULL, NULL, NULL, NULL, 'empty', NULL, NULL, NULL)`,
    [id],
  );
  await client.query(
    `INSERT INTO node SELECT $1, i, NULLIF(i / 2, 0), 'n' || i FROM generate_series(1, 300) AS i`,
    [id],
  );
  await client.query(`INSERT INTO leaf SELECT $1, i, i FROM generate_series(1, 300) AS i`, [id]);
  await client.query(
    `INSERT INTO tenant_setting SELECT $1, 'k' || i, CASE WHEN i % 2 = 0 THEN 'null' ELSE to_jsonb(i) END, now()
     FROM generate_series(1, 2100) AS i`,
    [id],
  );
}

async function begin(owner: 'superuser' | 'modest'): Promise<void> {
  two = await server.open(owner);
  await fill(await two.asApplication('shared'));
  await two.shared.query(`INSERT INTO tenant_setting VALUES ($1, 'suya', '1', now())`, [two.otherId]);
}
afterEach(() => two.close());

describe.each(['superuser', 'modest'] as const)('Quien mueve entra como %s', (owner) => {
  beforeEach(() => begin(owner));

  it('de ida y de vuelta, con cualquier tipo de dato, y al vecino no lo toca', async () => {
    const move = await take();
    expect(await copyTenant(move)).toBe(2_702);
    expect(await verify(move)).toEqual({ rows: 2_702, different: [] });
    await expectSame();

    const { heldMs, homeEpoch } = await switchHome(move);

    expect(homeEpoch).toBe(2);
    expect(heldMs).toBeLessThan(1_000);
    expect(await readGate(two.shared, two.tenantId)).toMatchObject({ state: 'MOVED', movedTo: 't_own' });
    expect(await readGate(two.own, two.tenantId)).toMatchObject({ state: 'LOGGING', homeEpoch: 2 });
    const app = await two.asApplication('own');
    await app.query('DELETE FROM leaf WHERE id <= 100');
    await app.query(`UPDATE node SET label = 'x' || id, parent = 1 WHERE id > 290`);
    await app.query(
      'DELETE FROM node WHERE id BETWEEN 90 AND 95 AND id NOT IN (SELECT parent FROM node WHERE parent IS NOT NULL)',
    );
    const { rows } = await app.query<{ seq: string }>(
      `INSERT INTO ${odd} (tenant_id, "clave""1", part, amount) VALUES ($1, now(), '\\x01', 3) RETURNING seq`,
      [two.tenantId],
    );
    expect(Number(rows[0]?.seq)).toBeGreaterThan(2);

    expect(await moveBack(two.ends)).toMatchObject({ homeEpoch: 3 });

    await expectSame();
    expect(await readGate(two.shared, two.tenantId)).toMatchObject({ state: 'OPEN', homeEpoch: 3 });
    expect(await readGate(two.own, two.tenantId)).toMatchObject({ state: 'MOVED', movedTo: 'shared' });
    expect(await rowsOf(two.shared, 'tenant_setting', two.otherId)).toHaveLength(1);
    expect(await moveBack(two.ends)).toBeUndefined();
  });

  it('lo que cambia mientras se copia llega, también el cambio de clave y el trueque de un valor único', async () => {
    const move = await take();
    await copyTenant(move);
    const app = await two.asApplication('shared');
    const late = await two.asApplication('shared');
    await late.query('BEGIN');
    await late.query(`INSERT INTO tenant_setting VALUES ($1, 'tarde', '1', now())`, [two.tenantId]);
    await app.query(`UPDATE tenant_setting SET key = 'nueva' WHERE key = 'k1'`);
    await app.query(`DELETE FROM leaf WHERE id = 7`);
    await app.query(`BEGIN; UPDATE node SET label = 'tmp' WHERE id = 1; UPDATE node SET label = 'n1' WHERE id = 2;
      UPDATE node SET label = 'n2' WHERE id = 1; COMMIT`);
    await app.query(`UPDATE ${odd} SET f8 = 1e300 WHERE part = '\\x00ff'`);
    await catchUp(move);
    // La que empezó antes se confirma después, con un número menor que lo ya aplicado.
    await late.query('COMMIT');

    await switchHome(move);

    await expectSame();
    expect(await rowsOf(two.own, 'tenant_setting')).toHaveLength(2_101);
  });

  it('de la casa vieja se borra lo suyo, y solo lo suyo', async () => {
    const move = await take();
    await copyTenant(move);
    await switchHome(move);
    await stopLogging(two.own, two.tenantId);

    expect(await deleteTenantRows(two.ends.source.client, two.tenantId, move.tables)).toBe(2_702);

    expect(await rowsOf(two.shared, 'tenant_setting')).toEqual([]);
    expect(await rowsOf(two.shared, 'tenant_setting', two.otherId)).toHaveLength(1);
    expect(await readGate(two.shared, two.tenantId)).toMatchObject({ state: 'MOVED' });
  });
});

describe('Un traslado', () => {
  beforeEach(() => begin('superuser'));

  it('quien lo retoma deja sin poder a quien lo tenía, y una copia a medias se repite entera', async () => {
    const zombie = await take();
    await copyTenant(zombie);
    const move = await take();

    await expect(copyTenant(zombie)).rejects.toMatchObject({ name: 'FencedError' });
    await expect(switchHome(zombie)).rejects.toMatchObject({ name: 'FencedError' });
    await copyTenant(move);
    await switchHome(move);

    expect(await takeMove(two.ends)).toBe('switched');
    await expectSame();
  });

  it('quien murió entre las dos confirmaciones no deja dos casas', async () => {
    const move = await take();
    await copyTenant(move);
    await two.own.query(
      `UPDATE tenant_gate SET state = 'LOGGING', home_epoch = 2, moved_to = NULL WHERE tenant_id = $1`,
      [two.tenantId],
    );
    const app = await two.asApplication('shared');
    await app.query(`INSERT INTO tenant_setting VALUES ($1, 'entre medias', '1', now())`, [two.tenantId]);

    const again = await take();
    expect(await readGate(two.own, two.tenantId)).toMatchObject({ state: 'INCOMING', movedTo: 'shared' });
    await switchHome(again);

    await expectSame();
  });

  it('quien murió entre las dos confirmaciones de la vuelta no la da por hecha', async () => {
    const move = await take();
    await copyTenant(move);
    await switchHome(move);
    await two.shared.query(
      `UPDATE tenant_gate SET state = 'LOGGING', home_epoch = 3, moved_to = NULL WHERE tenant_id = $1`,
      [two.tenantId],
    );
    const app = await two.asApplication('own');
    await app.query(`INSERT INTO tenant_setting VALUES ($1, 'entre medias', '1', now())`, [two.tenantId]);

    expect(await moveBack(two.ends)).toMatchObject({ homeEpoch: 3 });

    await expectSame();
    expect(await readGate(two.shared, two.tenantId)).toMatchObject({ state: 'OPEN', homeEpoch: 3 });
    expect(await readGate(two.own, two.tenantId)).toMatchObject({ state: 'MOVED', movedTo: 'shared' });
  });

  it('una ida que murió entre las dos confirmaciones se deshace sin dejar dos casas', async () => {
    await copyTenant(await take());
    await two.own.query(
      `UPDATE tenant_gate SET state = 'LOGGING', home_epoch = 2, moved_to = NULL WHERE tenant_id = $1`,
      [two.tenantId],
    );

    expect(await moveBack(two.ends)).toBeUndefined();

    expect(await readGate(two.shared, two.tenantId)).toMatchObject({ state: 'LOGGING', homeEpoch: 1 });
    expect(await readGate(two.own, two.tenantId)).toMatchObject({ state: 'INCOMING', movedTo: 'shared' });
  });

  it('lo que no quedó igual se ve, y la vuelta lo copia entero', async () => {
    const move = await take();
    await copyTenant(move);
    await two.own.query('SET session_replication_role = replica');
    await two.own.query('DELETE FROM leaf WHERE id = 1');

    expect((await verify(move)).different).toEqual(['leaf']);

    await copyTenant(move);
    await switchHome(move);
    await two.shared.query('SET session_replication_role = replica');
    await two.shared.query('UPDATE leaf SET node = 2 WHERE id = 1');
    await moveBack(two.ends);
    await expectSame();
  });

  it('una tabla distinta en la otra base no se mueve', async () => {
    await two.own.query('ALTER TABLE leaf ADD COLUMN extra int');

    await expect(take()).rejects.toMatchObject({ code: 'SCHEMA_DIFFERS' });
  });
});

describe('Quien no puede callar disparadores', () => {
  beforeEach(() => begin('modest'));

  it('rehúsa copiar con uno que cambiaría la copia, y con el permiso lo calla', async () => {
    for (const client of [two.shared, two.own]) {
      await client.query(
        `CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.label := upper(NEW.label); RETURN NEW; END $$;
         CREATE TRIGGER shout BEFORE INSERT ON node FOR EACH ROW EXECUTE FUNCTION shout()`,
      );
    }

    await expect(take()).rejects.toMatchObject({ code: 'MOVE_NEEDS_REPLICA_ROLE' });
    await two.shared.query('GRANT SET ON PARAMETER session_replication_role TO orquestador');
    await copyTenant(await take());
    await two.shared.query('REVOKE SET ON PARAMETER session_replication_role FROM orquestador');
    await expectSame();
  });
});
