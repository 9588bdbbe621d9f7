import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  aDelivery,
  aRequest,
  nothing,
  openProvisioningWorld,
  type ProvisioningWorld,
  type ProvisionOrder,
  provision,
  story,
} from '../testing/provisioning-world.ts';
import { dropLeftTenants } from './drop-left-tenants.ts';
import type { Order } from './job.ts';
import { perform } from './perform.ts';
import type { Engine } from './run-operation.ts';
import { connectionOwner, tenantDatabaseName } from './tenant-names.ts';

vi.setConfig({ testTimeout: 30_000 });

let world: ProvisioningWorld;
let dumpDir: string;
beforeAll(async () => {
  [world, dumpDir] = await Promise.all([openProvisioningWorld(), mkdtemp(join(tmpdir(), 'farutech-dump-'))]);
}, 60_000);
afterAll(async () => {
  await world?.close();
  await rm(dumpDir, { recursive: true, force: true });
});

const orderOn = ({ planCode: _plan, maxUsers: _users, ...instance }: ProvisionOrder): Order => ({
  ...instance,
  operationId: v7(),
  requestNo: 0,
});

const leaving = (graceMs: number, dump?: string): Engine => {
  const engine = world.engine();
  return {
    ...engine,
    surroundings: { ...engine.surroundings, leaving: { graceMs, dumpDir: dump } },
  };
};

const born = async (over: Partial<ProvisionOrder> = {}): Promise<ProvisionOrder> => {
  const request = aRequest(over);
  await provision(world.engine(), request, aDelivery());
  return request;
};

const detailsOf = async (operationId: string): Promise<Record<string, string | null>> => {
  const { rows } = await world.pool.query<{ name: string; detail: string | null }>(
    'SELECT name, detail FROM job_step WHERE operation_id = $1',
    [operationId],
  );
  return Object.fromEntries(rows.map(({ name, detail }) => [name, detail]));
};

const unhurried = new AbortController().signal;
const tiers = ['STANDARD', 'ENTERPRISE'] as const;

describe('Dar de baja una instancia', () => {
  it.each(tiers)('%s, sin plazo: no queda nada suyo, y sí lo de los demás', async (databaseTier) => {
    const [request, neighbour] = [await born({ databaseTier }), await born({ databaseTier })];
    const before = await world.traces(neighbour.instanceId);
    const order = orderOn(request);

    await perform(leaving(0), 'DECOMMISSION', order, aDelivery());

    expect(story(await world.factsOf(order.operationId)).at(-1)).toBe('OperationSucceeded');
    expect(await world.traces(request.instanceId)).toEqual(nothing);
    expect(await world.traces(neighbour.instanceId)).toEqual(before);
  });

  it.each(tiers)('%s, con plazo: nadie escribe ya, y se borra cuando vence', async (databaseTier) => {
    const request = await born({ databaseTier });
    const order = orderOn(request);
    const engine = leaving(60_000);

    await perform(engine, 'DECOMMISSION', order, aDelivery());

    expect((await detailsOf(order.operationId))['drop-database']).toMatch(/^The data are kept until 20/);
    expect(await world.traces(request.instanceId)).toMatchObject({ reserved: 1, published: 0 });
    expect(await dropLeftTenants(engine.surroundings, new Date(), unhurried)).toBe(
      'dropped the data of 0 of 0 instances',
    );
    const later = new Date(Date.now() + 61_000);
    expect(await dropLeftTenants(engine.surroundings, later, unhurried)).toBe(
      'dropped the data of 1 of 1 instances',
    );
    expect(await world.traces(request.instanceId)).toEqual(nothing);
    expect(await dropLeftTenants(engine.surroundings, later, unhurried)).toBe(
      'dropped the data of 0 of 0 instances',
    );
  });

  it('ENTERPRISE, con plazo: su rol ya no entra', async () => {
    const request = await born({ databaseTier: 'ENTERPRISE' });
    const facts = await world.factsOf(request.operationId);
    const cipher = facts.at(-1)?.data.connectionCiphertext ?? '';
    const url = world.cipher.decrypt(cipher, connectionOwner(request.instanceId)).reveal();

    await perform(leaving(60_000), 'DECOMMISSION', orderOn(request), aDelivery());

    const client = new pg.Client({ connectionString: url });
    await expect(client.connect()).rejects.toThrow(/not permitted to log in/);
  });

  it.each(tiers)('%s: un volcado final con todas sus filas y solo las suyas', async (databaseTier) => {
    const request = await born({ databaseTier });
    await born({ databaseTier });
    const order = orderOn(request);

    await perform(leaving(0, dumpDir), 'DECOMMISSION', order, aDelivery());

    const folder = join(dumpDir, `${request.globalInstanceId}-${request.instanceId}`);
    const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({ instanceId: request.instanceId, tier: databaseTier });
    expect(manifest.tables.tenant_setting).toMatchObject({ file: 'tenant_setting.csv', rows: 2 });
    const csv = await readFile(join(folder, 'tenant_setting.csv'), 'utf8');
    expect(csv.trim().split('\n')).toHaveLength(3);
    expect(csv).toContain('America/Bogota');
    expect((await detailsOf(order.operationId))['keep-dump']).toMatch(/^Kept \d+ rows of \d+ tables\.$/);
  });

  it('también lo que falló al nacer', async () => {
    const request = aRequest({ databaseTier: 'ENTERPRISE' });
    const failing = world.engine({ fault: `create-database:permanent@${request.instanceCode}` });
    await expect(provision(failing, request, aDelivery())).rejects.toMatchObject({ code: 'FAULT_INJECTED' });
    const order = orderOn(request);

    await perform(leaving(0), 'DECOMMISSION', order, aDelivery());

    expect(story(await world.factsOf(order.operationId)).at(-1)).toBe('OperationSucceeded');
    expect(await world.traces(request.instanceId)).toEqual(nothing);
  });

  it.each(tiers)(
    '%s: lo que no tiene remedio se deshace y el inquilino sigue como estaba',
    async (databaseTier) => {
      const request = await born({ databaseTier });
      const before = await world.traces(request.instanceId);
      const engine = world.engine({ fault: 'drop-database:permanent' });
      const order = orderOn(request);

      await expect(perform(engine, 'DECOMMISSION', order, aDelivery())).rejects.toMatchObject({
        code: 'FAULT_INJECTED',
      });

      expect(story(await world.factsOf(order.operationId)).at(-1)).toBe('OperationCompensated');
      expect(await world.traces(request.instanceId)).toEqual(before);
      const home = databaseTier === 'ENTERPRISE' ? tenantDatabaseName(request.instanceId) : 'tenants';
      const client = new pg.Client({ connectionString: world.server.url(home) });
      await client.connect();
      const { rows } = await client.query('SELECT state FROM tenant_gate WHERE tenant_id = $1', [
        request.instanceId,
      ]);
      await client.end();
      expect(rows).toEqual([{ state: 'OPEN' }]);
    },
  );
});

describe('Dos operaciones de una instancia', () => {
  it('la segunda espera a la primera, y acaba lo que su dueño muerto dejó', async () => {
    const request = aRequest();
    const dead = world.engine({ fault: `seed-tenant:1@${request.instanceCode}` });
    await expect(provision(dead, request, aDelivery())).rejects.toMatchObject({ name: 'RetryLater' });
    const order = orderOn(request);
    const engine = leaving(0);

    await expect(perform(engine, 'DECOMMISSION', order, aDelivery())).rejects.toThrow(/waited for/);
    expect(story(await world.factsOf(request.operationId)).at(-1)).toBe('TenantInstanceProvisioned');
    await perform(engine, 'DECOMMISSION', order, aDelivery());

    expect(await world.traces(request.instanceId)).toEqual(nothing);
  });
});
