import { OutOfOrderError, PermanentError } from '@farutech/kernel/errors';
import { describe, expect, it } from 'vitest';
import {
  compensatedFact,
  failedFact,
  idOf,
  operatorCause,
  provisionedFact,
  stepFact,
  vetProfessional,
} from '../testing/builders.ts';
import { sellingWorld } from '../testing/tenancy-parts.ts';
import { activateSubscription } from './activate-subscription.ts';
import type { OperationFact } from './apply-operation-fact.ts';

async function world() {
  const selling = await sellingWorld();
  const instance = await selling.sell();
  const operationId = selling.tables.operations[0]?.id ?? '';
  const target = { operationId, instanceId: instance.id };
  const at = (n: number, epoch = 1) => ({ ...target, n, epoch });
  const activate = (messageId = 'activated') =>
    activateSubscription(
      selling.parts,
      { ...operatorCause, actor: 'consumer:tenancy-subscription', messageId },
      {
        subscriptionId: idOf(0xe1),
        instanceId: instance.id,
        customerId: selling.customer.id,
        planId: vetProfessional.planId,
        planCode: vetProfessional.code,
        planVersion: 2,
        maxUsers: 40,
        activatedAt: '2026-03-01T10:00:08.000Z',
      },
    );
  const messages = () =>
    selling.tables.feed.map(({ version, status, message }) => `${version} ${status} ${message}`);
  return { ...selling, at, activate, messages };
}

describe('lo que cuenta el trabajador', () => {
  it('cada paso es la siguiente versión, con una frase para una persona', async () => {
    const { apply, at, messages, tables } = await world();

    await apply(stepFact(at(1), 'create-database'));
    await apply(stepFact(at(2), 'create-database', { state: 'FAILED', detail: 'The server is full.' }));
    await apply(stepFact(at(3), 'create-database', { attempt: 2 }));
    await apply(stepFact(at(4), 'create-database', { state: 'DONE' }));
    await apply(
      stepFact(at(5), 'register-namespace', { state: 'SKIPPED', detail: 'No cluster is configured.' }),
    );

    expect(messages()).toEqual([
      '1 PROVISIONING Provisioning was requested',
      '2 PROVISIONING Creating the database (step 2 of 7)',
      '3 PROVISIONING Creating the database (step 2 of 7) failed at attempt 1: The server is full.',
      '4 PROVISIONING Creating the database (step 2 of 7), attempt 2',
      '5 PROVISIONING Database created (step 2 of 7)',
      '6 PROVISIONING Registering the namespace (step 5 of 7) was skipped: No cluster is configured.',
    ]);
    expect(tables.operations[0]).toMatchObject({ state: 'RUNNING', lastFact: 5 });
    expect(tables.operations[0]?.steps[1]).toMatchObject({ state: 'DONE', ord: 1 });
  });

  it('ACTIVE se dice al llegar la segunda de las dos cosas: primero el trabajador', async () => {
    const { apply, at, activate, messages, tables } = await world();

    await apply(provisionedFact(at(1)));
    expect(tables.instances[0]?.status).toBe('PROVISIONING');
    await activate();

    expect(messages().slice(1)).toEqual([
      '2 PROVISIONING Everything is in place; switching the subscription on',
      '3 ACTIVE The instance is active',
    ]);
    expect(tables.instances[0]).toMatchObject({ status: 'ACTIVE', version: 3, planVersion: 2, maxUsers: 40 });
    expect(tables.operations[0]).toMatchObject({ state: 'SUCCEEDED' });
    expect(tables.homes).toMatchObject([{ databaseId: 'shared' }]);
    expect(tables.feed.at(-1)?.operation).toMatchObject({ state: 'SUCCEEDED' });
    expect(tables.audit.map(({ action }) => action)).toContain('PlanSubscriptionActivated');
  });

  it('o primero la suscripción, que sola no enseña nada', async () => {
    const { apply, at, activate, messages, tables } = await world();

    await activate();
    await activate('otra vez');
    expect(messages()).toHaveLength(1);
    await apply(provisionedFact(at(1)));

    expect(messages().slice(1)).toEqual(['2 ACTIVE The instance is active']);
    expect(tables.audit.map(({ action }) => action)).toContain('TenantInstanceProvisioned');
  });

  it('un fracaso deja la instancia FAILED con su razón, y un reintento del trabajador la reabre', async () => {
    const { apply, at, activate, messages, tables } = await world();

    await apply(failedFact(at(1)));
    expect(tables.instances[0]?.status).toBe('FAILED');
    expect(tables.operations[0]).toMatchObject({
      state: 'FAILED',
      failure: { step: 'create-database', code: 'DATABASE_FULL', message: 'The server is full.' },
    });
    await apply(stepFact(at(2, 2), 'create-database'));
    await apply(provisionedFact(at(3, 2)));
    await activate();

    expect(messages().slice(1)).toEqual([
      '2 FAILED Provisioning failed at "create-database": The server is full.',
      '3 PROVISIONING Creating the database (step 2 of 7)',
      '4 PROVISIONING Everything is in place; switching the subscription on',
      '5 ACTIVE The instance is active',
    ]);
    expect(tables.feed.map(({ statusChanged }) => statusChanged)).toEqual([true, true, true, false, true]);
    expect(tables.operations[0]).toMatchObject({ state: 'SUCCEEDED', failure: null });
  });

  it('lo que se deshizo también acaba en FAILED', async () => {
    const { apply, at, tables } = await world();

    await apply(stepFact(at(1), 'create-database', { state: 'UNDONE' }, 'COMPENSATING'));
    await apply(compensatedFact(at(2)));

    expect(tables.operations[0]).toMatchObject({
      state: 'COMPENSATED',
      failure: { code: 'MIGRATION_BROKEN' },
    });
    expect(tables.instances[0]?.status).toBe('FAILED');
  });

  it('un hecho repetido no cuenta dos veces, con el mismo id o con otro', async () => {
    const { apply, at, tables } = await world();

    await apply(stepFact(at(1), 'reserve'));
    await apply(stepFact(at(1), 'reserve'));
    await apply(stepFact(at(1), 'reserve'), 'con otro id');

    expect(tables.feed).toHaveLength(2);
  });

  it('un hecho adelantado vuelve luego, y no deja nada', async () => {
    const { apply, at, tables } = await world();

    await expect(apply(stepFact(at(2), 'reserve'))).rejects.toThrow(OutOfOrderError);

    expect(tables.feed).toHaveLength(1);
    await apply(stepFact(at(1), 'reserve'));
    await apply(stepFact(at(2), 'reserve'));
    expect(tables.feed).toHaveLength(3);
  });

  it('el hecho de una época vencida se rechaza', async () => {
    const { apply, at, tables } = await world();
    await apply(stepFact(at(1, 3), 'reserve'));

    await expect(apply(stepFact(at(2, 2), 'create-database'))).rejects.toMatchObject({ code: 'STALE_EPOCH' });

    expect(tables.operations[0]).toMatchObject({ epoch: 3, lastFact: 1 });
  });

  it('de una operación desconocida, o de otra instancia, no se aplica nada', async () => {
    const { apply, at, tables } = await world();

    await expect(apply(stepFact({ ...at(1), operationId: idOf(0xdead) }, 'reserve'))).rejects.toThrow(
      PermanentError,
    );
    await expect(apply(stepFact({ ...at(1), instanceId: idOf(0xdead) }, 'reserve'))).rejects.toThrow(
      PermanentError,
    );
    expect(tables.feed).toHaveLength(1);
  });

  describe('varios hechos de una instancia de una vez', () => {
    const sixFacts = (at: (n: number, epoch?: number) => Parameters<typeof stepFact>[0]) => [
      stepFact(at(1), 'reserve', { state: 'DONE' }),
      stepFact(at(2), 'create-database'),
      failedFact(at(3)),
      stepFact(at(4, 2), 'create-database', { attempt: 2 }),
      stepFact(at(5, 2), 'create-database', { state: 'DONE', attempt: 2 }),
      provisionedFact(at(6, 2)),
    ];

    it('se corten como se corten, dejan lo mismo que uno por uno: historia, mensajes, auditoría y casa', async () => {
      const left = ({ tables }: Awaited<ReturnType<typeof world>>) => ({
        entries: tables.feed.map(({ occurredAt: _, ...entry }) => entry),
        told: tables.outbox.map(({ messageId, contract }) => `${contract.name} ${messageId}`),
        audit: tables.audit,
        homes: tables.homes,
        processed: tables.processed,
        instance: tables.instances.map(({ status, version }) => ({ status, version })),
        operation: tables.operations.map(({ movedAt: _, ...operation }) => operation),
      });
      const apart = await world();
      const facts = sixFacts(apart.at);
      for (const fact of facts) await apart.apply(fact);

      for (let cuts = 0; cuts < 2 ** (facts.length - 1); cuts += 1) {
        const together = await world();
        let waiting: OperationFact[] = [];
        for (const [n, fact] of facts.entries()) {
          waiting.push(fact);
          if (n < facts.length - 1 && ((cuts >> n) & 1) === 0) continue;
          await together.applyAll(waiting);
          waiting = [];
        }
        expect(left(together), `cortes ${cuts.toString(2)}`).toEqual(left(apart));
      }
    });

    it('si uno se adelanta, o ya se aplicó, no queda nada de ninguno', async () => {
      const { apply, applyAll, at, tables } = await world();
      const [first, , third] = sixFacts(at);
      if (first === undefined || third === undefined) throw new Error('faltan hechos');

      await expect(applyAll([first, third])).rejects.toThrow(OutOfOrderError);
      expect([tables.feed.length, tables.operations[0]?.lastFact]).toEqual([1, 0]);
      await apply(first);
      await expect(applyAll(sixFacts(at))).rejects.toThrow();
      expect([tables.feed.length, tables.operations[0]?.lastFact]).toEqual([2, 1]);
    });
  });

  it('lo que ya acabó bien no se mueve más', async () => {
    const { apply, at, tables } = await world();
    await apply(provisionedFact(at(1)));

    await expect(apply(failedFact(at(2)))).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    expect(tables.operations[0]?.state).toBe('SUCCEEDED');
  });
});
