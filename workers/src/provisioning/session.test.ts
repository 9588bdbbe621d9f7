import { FencedError } from '@farutech/messaging/consume';
import pg from 'pg';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { openProvisioningWorld, type ProvisioningWorld } from '../testing/provisioning-world.ts';
import { type OperationSessions, openSessions } from './session.ts';

vi.setConfig({ testTimeout: 30_000 });

let world: ProvisioningWorld;
const opened: OperationSessions[] = [];
beforeAll(async () => {
  world = await openProvisioningWorld();
}, 60_000);
afterAll(async () => {
  await Promise.all(opened.map((sessions) => sessions.closeAll()));
  await world?.close();
});

function sessionsOf(operationId: string, epoch: number, isMine = async () => true): OperationSessions {
  const sessions = openSessions({ operationId, epoch, isMine, pool: world.sessions, log: world.log });
  opened.push(sessions);
  return sessions;
}

const sessionsNamed = async (name: string): Promise<number> =>
  (await world.admin.query('SELECT 1 FROM pg_stat_activity WHERE application_name = $1', [name])).rowCount ??
  0;

describe('Las sesiones de una operación', () => {
  it('la de una época vieja se termina, aunque esté a medio acto, antes de que la nueva actúe', async () => {
    const operationId = v7();
    const old = await sessionsOf(operationId, 1).open(world.server.adminUrl);
    const act = old.query('SELECT pg_sleep(60)').catch((error: Error) => error);
    await eventually(async () => {
      const { rowCount } = await world.admin.query(
        `SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'`,
        [`op:${operationId}:1`],
      );
      expect(rowCount).toBe(1);
    });

    await sessionsOf(operationId, 2).open(world.server.adminUrl);

    expect(await sessionsNamed(`op:${operationId}:1`)).toBe(0);
    expect(await act).toMatchObject({ code: '57P01' });
    await expect(old.query('CREATE TABLE tarde (id int)')).rejects.toThrow();
  });

  it('las dos que abre una misma época conviven, en bases distintas', async () => {
    const operationId = v7();
    const sessions = sessionsOf(operationId, 3);

    const server = await sessions.open(world.server.adminUrl);
    const home = await sessions.open(world.tenantsUrl);

    expect(await sessions.open(world.tenantsUrl)).toBe(home);
    expect((await server.query('SELECT 1')).rowCount).toBe(1);
    expect(await sessionsNamed(`op:${operationId}:3`)).toBe(2);
  });

  it('quien despierta con una época vieja no abre nada ni toca la de la nueva', async () => {
    const operationId = v7();
    const current = await sessionsOf(operationId, 2).open(world.server.adminUrl);

    const late = sessionsOf(operationId, 1, async () => false).open(world.server.adminUrl);

    await expect(late).rejects.toBeInstanceOf(FencedError);
    expect((await current.query('SELECT 1')).rowCount).toBe(1);
    await eventually(async () => expect(await sessionsNamed(`op:${operationId}:1`)).toBe(0));
  });

  it('las de otra operación y las que solo se le parecen siguen como estaban', async () => {
    const operationId = v7();
    const other = await sessionsOf(v7(), 1).open(world.server.adminUrl);
    const alike = new pg.Client({
      connectionString: world.server.adminUrl,
      application_name: `op:${operationId}:ninguna`,
    });
    await alike.connect();

    await sessionsOf(operationId, 9).open(world.server.adminUrl);

    expect((await other.query('SELECT 1')).rowCount).toBe(1);
    expect((await alike.query('SELECT 1')).rowCount).toBe(1);
    await alike.end();
  });
});
