import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  aDelivery,
  aRequest,
  nothing,
  openProvisioningWorld,
  type ProvisioningWorld,
  provision,
  story,
  whole,
} from '../testing/provisioning-world.ts';
import { connectionOwner, tenantDatabaseName } from './tenant-names.ts';

vi.setConfig({ testTimeout: 30_000 });

let world: ProvisioningWorld;
beforeAll(async () => {
  world = await openProvisioningWorld();
}, 60_000);
afterAll(async () => {
  await world?.close();
});

describe('Aprovisionar una instancia', () => {
  it('Standard: el inquilino queda registrado en la base compartida', async () => {
    const request = aRequest();

    await provision(world.engine(), request, aDelivery());

    const facts = await world.factsOf(request.operationId);
    expect(story(facts)).toEqual(whole('SKIPPED'));
    expect(facts.map(({ data }) => data.n)).toEqual(facts.map((_, index) => index + 1));
    expect(facts.at(-1)?.data).toMatchObject({ databaseId: 'shared', connectionCiphertext: null });
    expect(
      facts.find(({ data }) => data.step?.name === 'register-namespace' && data.step.detail)?.data.step
        ?.detail,
    ).toMatch(/No Kubernetes cluster/);
    expect(await world.traces(request.instanceId)).toEqual({
      ...nothing,
      owners: 1,
      gates: 1,
      settings: 2,
      reserved: 1,
      published: 1,
    });
  });

  it('Enterprise: una base propia, a la que se entra con la cadena cifrada del hecho y nada más', async () => {
    const request = aRequest({ databaseTier: 'ENTERPRISE' });

    await provision(world.engine(), request, aDelivery());

    const facts = await world.factsOf(request.operationId);
    expect(story(facts)).toEqual(whole('DONE'));
    const { connectionCiphertext, databaseId } = facts.at(-1)?.data ?? {};
    expect(databaseId).toBe(tenantDatabaseName(request.instanceId));
    const connection = world.cipher.decrypt(connectionCiphertext ?? '', connectionOwner(request.instanceId));
    expect(JSON.stringify(facts)).not.toContain(new URL(connection.reveal()).password);
    const client = new pg.Client({ connectionString: connection.reveal() });
    await client.connect();
    const { rows } = await client.query('SELECT tenant_id, product_code FROM tenant_owner');
    await client.query(
      `INSERT INTO patient (tenant_id, id, name, species, keeper_name)
      VALUES ($1, gen_random_uuid(), 'Luna', 'perro', 'Ana')`,
      [request.instanceId],
    );
    await client.end();
    expect(rows).toEqual([{ tenant_id: request.instanceId, product_code: 'FARUTECH_VET' }]);
  });

  it('un producto sin carpeta tiene las tablas de todo inquilino', async () => {
    const request = aRequest({ databaseTier: 'ENTERPRISE', productCode: 'nacido-por-la-api' });

    await provision(world.engine(), request, aDelivery());

    expect(story(await world.factsOf(request.operationId)).at(-1)).toBe('TenantInstanceProvisioned');
  });

  it('doce a la vez, de tres productos y los dos niveles, acaban todas', async () => {
    const products = ['FARUTECH_VET', 'FARUTECH_ERP', 'FARUTECH_CRM'];
    const requests = Array.from({ length: 12 }, (_, index) =>
      aRequest({
        productCode: products[index % 3] ?? '',
        databaseTier: index % 2 === 0 ? 'ENTERPRISE' : 'STANDARD',
      }),
    );
    const engine = world.engine();

    await Promise.all(requests.map((request) => provision(engine, request, aDelivery())));

    for (const { operationId } of requests) {
      expect(await world.jobOf(operationId)).toMatchObject({ state: 'SUCCEEDED', failures: 0, epoch: 1 });
    }
  });

  it('la misma orden otra vez no hace nada y vuelve a contar lo contado', async () => {
    const request = aRequest();
    await provision(world.engine(), request, aDelivery());
    await world.pool.query('UPDATE outbox SET sent_at = now()');

    await provision(world.engine(), request, aDelivery());

    const { rows } = await world.pool.query('SELECT count(*)::int AS n FROM outbox WHERE sent_at IS NULL');
    expect(rows).toEqual([{ n: 15 }]);
    expect(await world.jobOf(request.operationId)).toMatchObject({ epoch: 1 });
  });
});
