import { FencedError } from '@farutech/messaging/consume';
import { v7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { openProvisioningWorld, type ProvisioningWorld } from '../testing/provisioning-world.ts';
import { type OperationSessions, openSessions, sessionName } from './session.ts';
import { createSessionPool, idleSessionName, type SessionPool } from './session-pool.ts';

let world: ProvisioningWorld;
let pool: SessionPool;
const opened: OperationSessions[] = [];
beforeAll(async () => {
  world = await openProvisioningWorld();
}, 60_000);
beforeEach(() => {
  pool = createSessionPool({ urls: [world.tenantsUrl], size: 2, log: world.log });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((sessions) => sessions.closeAll()));
  await pool.close();
  await eventually(async () => expect(await named(idleSessionName)).toEqual([]));
});
afterAll(async () => {
  await world?.close();
});

function sessionsOf(operationId: string, epoch = 1, isMine = async () => true): OperationSessions {
  const sessions = openSessions({ operationId, epoch, isMine, pool, log: world.log });
  opened.push(sessions);
  return sessions;
}

/** Los procesos del servidor que atienden a quien se llama así. */
async function named(name: string): Promise<readonly number[]> {
  const { rows } = await world.admin.query<{ pid: number }>(
    'SELECT pid FROM pg_stat_activity WHERE application_name = $1',
    [name],
  );
  return rows.map(({ pid }) => pid);
}

/** Una sesión que otra operación dejó al acabar. */
async function kept(): Promise<number> {
  const before = sessionsOf(v7());
  await before.open(world.tenantsUrl);
  await before.giveBack();
  const [pid] = await named(idleSessionName);
  if (pid === undefined) throw new Error('no se guardó');
  return pid;
}

describe('Las sesiones que una operación deja a otra', () => {
  it('guardada no lleva el nombre de ninguna, y quien la toma le pone el suyo antes de tenerla', async () => {
    const [first, second] = [v7(), v7()];
    const before = sessionsOf(first);
    await before.open(world.tenantsUrl);
    const [pid] = await named(sessionName(first, 1));

    await before.giveBack();
    expect(await named(sessionName(first, 1))).toEqual([]);
    expect(await named(idleSessionName)).toEqual([pid]);
    await sessionsOf(second).open(world.tenantsUrl);

    expect(await named(sessionName(second, 1))).toEqual([pid]);
  });

  it('nada de lo que una puso en ella lo encuentra la siguiente', async () => {
    const before = sessionsOf(v7());
    const client = await before.open(world.tenantsUrl);
    await client.query(`SET app.tenant_mover = 'on'; SET session_replication_role = replica;
                        CREATE TEMP TABLE copia (id int); SELECT pg_advisory_lock(77)`);
    await before.giveBack();

    const after = await sessionsOf(v7()).open(world.tenantsUrl);

    expect(after).toBe(client);
    const { rows } = await after.query(
      `SELECT coalesce(current_setting('app.tenant_mover', true), '') AS mover,
         current_setting('session_replication_role') AS role, to_regclass('copia') AS copia,
         (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks`,
    );
    expect(rows).toEqual([{ mover: '', role: 'origin', copia: null, locks: 0 }]);
  });

  it('a media transacción no se guarda: se cierra, y lo empezado se deshace', async () => {
    const before = sessionsOf(v7());
    const client = await before.open(world.tenantsUrl);
    await client.query('BEGIN');

    await before.giveBack();

    expect(await named(idleSessionName)).toEqual([]);
    await expect(client.query('SELECT 1')).rejects.toThrow();
  });

  it('un latido tardío de quien acabó no cierra la que ya es de otra', async () => {
    const before = sessionsOf(v7());
    await before.open(world.tenantsUrl);
    await before.giveBack();
    const current = await sessionsOf(v7()).open(world.tenantsUrl);

    await before.closeAll();

    expect((await current.query('SELECT 1')).rowCount).toBe(1);
  });

  it('tomada de lo guardado también se cerca: la época nueva termina la vieja y espera a que se vaya', async () => {
    const operationId = v7();
    const pid = await kept();
    const old = await sessionsOf(operationId, 1).open(world.tenantsUrl);
    expect(await named(sessionName(operationId, 1))).toEqual([pid]);

    await sessionsOf(operationId, 2).open(world.tenantsUrl);

    expect(await named(sessionName(operationId, 1))).toEqual([]);
    await expect(old.query('SELECT 1')).rejects.toThrow();
  });

  it('quien despierta con una época vieja y toma una guardada no actúa, y no la devuelve', async () => {
    const operationId = v7();
    await kept();
    const current = await sessionsOf(operationId, 2).open(world.tenantsUrl);
    await kept();

    const late = sessionsOf(operationId, 1, async () => false).open(world.tenantsUrl);

    await expect(late).rejects.toBeInstanceOf(FencedError);
    expect((await current.query('SELECT 1')).rowCount).toBe(1);
    await eventually(async () => expect(await named(sessionName(operationId, 1))).toEqual([]));
    expect(await named(idleSessionName)).toEqual([]);
  });

  it('la que el servidor cortó estando guardada no se da a nadie', async () => {
    const pid = await kept();
    await world.admin.query('SELECT pg_terminate_backend($1)', [pid]);

    const client = await sessionsOf(v7()).open(world.tenantsUrl);

    expect((await client.query('SELECT 1')).rowCount).toBe(1);
  });

  it('de más no se guardan, ni las de una base a la que no se vuelve', async () => {
    const three = [sessionsOf(v7()), sessionsOf(v7()), sessionsOf(v7())];
    for (const sessions of three) await sessions.open(world.tenantsUrl);
    await three[0]?.open(world.server.adminUrl);

    for (const sessions of three) await sessions.giveBack();

    expect(await named(idleSessionName)).toHaveLength(2);
  });
});
