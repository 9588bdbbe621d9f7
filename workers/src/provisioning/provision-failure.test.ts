import { PermanentError } from '@farutech/kernel/errors';
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
import { tenantDatabaseName } from './tenant-names.ts';

vi.setConfig({ testTimeout: 30_000 });

let world: ProvisioningWorld;
beforeAll(async () => {
  world = await openProvisioningWorld();
}, 60_000);
afterAll(async () => {
  await world?.close();
});

describe('Cuando un paso falla', () => {
  it('dos veces: vuelve a los 500 y 1000 ms y acaba bien, en su tercer intento', async () => {
    const request = aRequest();
    const engine = world.engine({ fault: `seed-tenant:2@${request.instanceCode}` });

    await expect(provision(engine, request, aDelivery())).rejects.toMatchObject({
      name: 'RetryLater',
      delayMs: 500,
    });
    await expect(provision(engine, request, aDelivery())).rejects.toMatchObject({
      name: 'RetryLater',
      delayMs: 1000,
    });
    await provision(engine, request, aDelivery());

    const facts = await world.factsOf(request.operationId);
    expect(
      facts.filter(({ data }) => data.step?.name === 'seed-tenant').map(({ data }) => data.step?.attempt),
    ).toEqual([1, 1, 2, 2, 3, 3]);
    expect(facts.at(-1)).toMatchObject({ name: 'TenantInstanceProvisioned', data: { attempt: 3 } });
  });

  it('siempre: el quinto fallo la acaba FAILED con paso, código y texto, sin deshacer nada', async () => {
    const request = aRequest({ databaseTier: 'ENTERPRISE' });
    const engine = world.engine({ fault: 'publish-subdomain:always' });
    const waits = [];
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      waits.push(await provision(engine, request, aDelivery({ attempt })).catch((error) => error.delayMs));
    }
    const last = provision(engine, request, aDelivery({ attempt: 5 }));

    await expect(last).rejects.toBeInstanceOf(PermanentError);
    expect(waits).toEqual([500, 1000, 2000, 4000]);
    const facts = await world.factsOf(request.operationId);
    expect(facts.at(-1)).toMatchObject({
      name: 'OperationFailed',
      data: {
        attempt: 5,
        failure: {
          step: 'publish-subdomain',
          code: 'FAULT_INJECTED',
          message: 'PROVISIONING_FAULT makes publish-subdomain fail (always).',
        },
      },
    });
    expect(await world.traces(request.instanceId)).toMatchObject({
      databases: 1,
      roles: 1,
      reserved: 1,
      published: 0,
    });

    await provision(world.engine(), { ...request, requestNo: 1 }, aDelivery());

    expect(story(await world.factsOf(request.operationId)).slice(-5)).toEqual([
      'publish-subdomain RUNNING',
      'publish-subdomain DONE',
      'activate RUNNING',
      'activate DONE',
      'TenantInstanceProvisioned',
    ]);
  });

  it.each(['STANDARD', 'ENTERPRISE'] as const)(
    'sin remedio (%s): se deshace en orden inverso y no queda nada',
    async (tier) => {
      const request = aRequest({ databaseTier: tier });
      const engine = world.engine({ fault: `activate:permanent` });

      await expect(provision(engine, request, aDelivery())).rejects.toMatchObject({ code: 'FAULT_INJECTED' });

      const facts = await world.factsOf(request.operationId);
      const undone = [
        'activate',
        'publish-subdomain',
        'seed-tenant',
        'apply-migrations',
        'create-database',
        'reserve',
      ]
        .filter((step) => tier === 'ENTERPRISE' || step !== 'create-database')
        .map((step) => `${step} UNDONE`);
      expect(story(facts).slice(-undone.length - 2)).toEqual([
        'activate FAILED',
        ...undone,
        'OperationCompensated',
      ]);
      expect(facts.at(-1)?.data.failure).toMatchObject({ step: 'activate', code: 'FAULT_INJECTED' });
      expect(await world.traces(request.instanceId)).toEqual(nothing);

      await provision(world.engine(), { ...request, requestNo: 1 }, aDelivery());

      expect(story(await world.factsOf(request.operationId)).slice(-15)).toEqual(
        whole(tier === 'ENTERPRISE' ? 'DONE' : 'SKIPPED'),
      );
    },
  );

  it('un subdominio que ya es de otra instancia lo dice y lo deshace', async () => {
    const first = aRequest();
    const second = aRequest({ subdomainUrl: first.subdomainUrl });
    await provision(world.engine(), first, aDelivery());

    await expect(provision(world.engine(), second, aDelivery())).rejects.toMatchObject({
      code: 'SUBDOMAIN_TAKEN',
    });

    expect(await world.traces(second.instanceId)).toEqual(nothing);
    expect(await world.traces(first.instanceId)).toMatchObject({ published: 1 });
  });

  it('una base ajena con el mismo nombre no se toca, ni al deshacer', async () => {
    const request = aRequest({ databaseTier: 'ENTERPRISE' });
    const name = tenantDatabaseName(request.instanceId);
    await world.admin.query(`CREATE DATABASE ${name}`);

    await expect(provision(world.engine(), request, aDelivery())).rejects.toMatchObject({
      code: 'DATABASE_NOT_OURS',
    });

    expect(await world.traces(request.instanceId)).toEqual({ ...nothing, databases: 1 });
  });

  it('con el diario caído ni se cuenta ni se da por perdido', async () => {
    const request = aRequest();
    const nowhere = world.open('postgresql://nadie@127.0.0.1:1/nada');
    const delivery = aDelivery({ attempt: 9, lastAttempt: true });

    const refused = provision(world.engine({ journalPool: nowhere }), request, delivery);

    await expect(refused).rejects.toMatchObject({ name: 'RetryLater', delayMs: 1000 });
    await provision(world.engine(), request, delivery);
    expect(await world.jobOf(request.operationId)).toMatchObject({ state: 'SUCCEEDED', failures: 0 });
  });

  it('un mensaje que mata a todo el que lo atiende acaba FAILED', async () => {
    const request = aRequest();
    const engine = world.engine();
    await engine.journal.open('PROVISION', request);
    await world.pool.query('UPDATE job SET claims = 10 WHERE operation_id = $1', [request.operationId]);

    await expect(provision(engine, request, aDelivery())).rejects.toMatchObject({
      code: 'WORKER_KEEPS_DYING',
    });

    expect((await world.factsOf(request.operationId)).at(-1)).toMatchObject({ name: 'OperationFailed' });
  });
});
