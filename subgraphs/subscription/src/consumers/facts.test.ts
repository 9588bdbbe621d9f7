import type { OutgoingEvent } from '@farutech/contracts/contract';
import { planSubscriptionActivated } from '@farutech/contracts/subscription';
import { OutOfOrderError } from '@farutech/kernel/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deliver, deliverAll, type Message } from '../testing/deliver.ts';
import {
  after,
  customerChangedFact,
  featureChangedFact,
  featureFact,
  featureId,
  featureRetiredFact,
  grupoExito,
  id,
  norte,
  planFact,
  planRetiredFact,
  productFact,
  provisionedFact,
  requestedFact,
  statusFact,
  vetProfessional,
} from '../testing/facts.ts';
import { memoryWorld } from '../testing/memory-unit-of-work.ts';
import { handMade, salesOfNorte, sellNorte } from '../testing/world-of-norte.ts';

function fresh() {
  const world = memoryWorld();
  const hand = handMade();
  return { ...world, ...hand, parts: { react: world.react, ...hand } };
}

const story: readonly OutgoingEvent[] = [
  ...salesOfNorte,
  productFact({ revision: 2, name: 'Farutech Vet 2' }),
  featureRetiredFact('LAB_RESULTS', 50),
  planRetiredFact(60),
  planFact({ planId: id('b', 2), version: 2, publishedAt: after(70).toISOString() }),
  planRetiredFact(80),
  customerChangedFact({ revision: 2, isActive: false }),
  featureChangedFact('BATCH_CONTROL', 'Control de lotes', 5),
  featureChangedFact('BATCH_CONTROL', 'Lotes', 4),
  statusFact({ version: 3, status: 'ACTIVE', statusChanged: false }),
  statusFact({ version: 4, status: 'SUSPENDED' }),
];

/** Lo que quede al final, sin lo que depende de cuándo llegó cada cosa. */
function outcome({ tables }: ReturnType<typeof fresh>) {
  const sorted = <T>(map: ReadonlyMap<string, T>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    products: sorted(tables.products),
    features: sorted(tables.features),
    plans: sorted(tables.plans),
    customers: sorted(tables.customers),
    instances: sorted(tables.instances),
    statusFacts: sorted(tables.statusFacts),
    subscriptions: [...tables.subscriptions.values()].map(({ identity, present }) => ({
      ...present,
      instanceId: identity.tenantInstanceId,
    })),
    told: tables.outbox.map(({ contract }) => contract.name),
  };
}

describe('los hechos que llegan', () => {
  it('una instancia pedida abre su suscripción PENDING; aprovisionada, pasa a ACTIVE y se cuenta', async () => {
    const norteWorld = fresh();

    await sellNorte(norteWorld.parts);

    const [{ identity, present } = { identity: null, present: null }] =
      norteWorld.tables.subscriptions.values();
    expect(present).toEqual({
      status: 'ACTIVE',
      planId: vetProfessional,
      startsAt: after(3),
      expiresAt: null,
      reason: null,
      changedBy: null,
    });
    expect(norteWorld.tables.outbox).toEqual([
      {
        contract: planSubscriptionActivated,
        data: {
          subscriptionId: identity?.id,
          instanceId: norte,
          customerId: grupoExito,
          planId: vetProfessional,
          planCode: 'VET_PROFESSIONAL',
          planVersion: 1,
          maxUsers: 25,
          activatedAt: after(100).toISOString(),
          revision: 2,
        },
      },
    ]);
    expect(norteWorld.tables.states.map(({ value, knownTo }) => [value.status, knownTo])).toEqual([
      ['PENDING', after(100)],
      ['PENDING', null],
      ['ACTIVE', null],
    ]);
  });

  it.each([
    ['TenantInstanceRequested sin su plan', requestedFact()],
    ['TenantInstanceProvisioned sin su suscripción', provisionedFact()],
    ['FeatureRetired sin su función', featureRetiredFact('BATCH_CONTROL', 5)],
    ['FeatureChanged sin su función', featureChangedFact('BATCH_CONTROL', 'Lotes', 5)],
  ])('%s vuelve más tarde, y no deja nada', async (_name, event) => {
    const { parts, tables } = fresh();

    await expect(deliver(parts, { messageId: 'm', event })).rejects.toBeInstanceOf(OutOfOrderError);

    expect(tables.processed.size + tables.subscriptions.size + tables.instances.size).toBe(0);
  });

  it('lo que llega repetido con otro identificador tampoco se hace dos veces', async () => {
    const { parts, tables } = fresh();
    await sellNorte(parts);

    for (const [n, event] of salesOfNorte.entries())
      await deliver(parts, { messageId: `replay:${n}`, event });

    expect([tables.subscriptions.size, tables.outbox.length, tables.states.length]).toEqual([1, 1, 3]);
  });

  it('si tenancy no la da por ACTIVE y pregunta otra vez, se le contesta lo mismo; si ya lo dijo, nada', async () => {
    const { parts, tables } = fresh();
    for (const [n, event] of salesOfNorte.slice(0, -1).entries())
      await deliver(parts, { messageId: `m${n}`, event });
    const [first] = tables.outbox;

    await deliver(parts, { messageId: 'otra vez', event: provisionedFact() });
    expect(tables.outbox).toHaveLength(2);
    expect(tables.outbox[1]).toMatchObject({
      contract: planSubscriptionActivated,
      data: { ...(first?.data as object), activatedAt: expect.any(String) },
    });

    await deliver(parts, { messageId: 'activa', event: statusFact({ version: 9, status: 'ACTIVE' }) });
    await deliver(parts, { messageId: 'y otra', event: provisionedFact() });
    expect(tables.outbox).toHaveLength(2);
  });

  it('un estado más viejo que el que se tiene no cuenta, pero queda en la historia', async () => {
    const { parts, tables } = fresh();

    await deliver(parts, { messageId: 'a', event: statusFact({ version: 2, status: 'ACTIVE' }) });
    await deliver(parts, { messageId: 'b', event: statusFact({ version: 1 }) });

    expect(tables.instances.get(norte)).toMatchObject({ version: 2, status: 'ACTIVE', productId: null });
    expect([...tables.statusFacts.keys()].sort()).toEqual([`${norte}:1`, `${norte}:2`]);
  });

  it('en cualquier orden y repetidos acaban en lo mismo', async () => {
    const expected = fresh();
    const inOrder = story.map((event, n): Message => ({ messageId: `m${n}`, event }));
    await deliverAll(expected.parts, inOrder);

    const arrivals = fc
      .shuffledSubarray([...inOrder, ...inOrder], { minLength: inOrder.length })
      .map((some) => [...some, ...inOrder.filter((message) => !some.includes(message))]);
    await fc.assert(
      fc.asyncProperty(arrivals, async (messages) => {
        const world = fresh();
        await deliverAll(world.parts, messages);
        expect(outcome(world)).toEqual(outcome(expected));
      }),
      { numRuns: 300 },
    );
    expect(expected.tables.customers.get(grupoExito)).toMatchObject({ isActive: false, revision: 2 });
    expect(expected.tables.features.get(featureId('BATCH_CONTROL'))?.name).toBe('Control de lotes');
    expect(outcome(expected).plans.map(([, plan]) => plan.retiredAt)).toEqual([after(60), after(80)]);
  });

  it('una función añadida después de vender el plan también se nombra', async () => {
    const { parts, tables } = fresh();
    await sellNorte(parts);

    await deliver(parts, { messageId: 'x', event: featureFact('IMAGING') });

    expect([...tables.features.values()].map(({ code }) => code)).toContain('IMAGING');
  });
});
