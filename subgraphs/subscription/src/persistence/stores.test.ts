import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PlanSubscription } from '../domain/plan-subscription.ts';
import type { Stores } from '../domain/ports.ts';
import { after, farutechVet, grupoExito, id, norte, start, vetProfessional } from '../testing/facts.ts';
import {
  storeCause as cause,
  type Implementation,
  implementations,
  within as inside,
  type StoreServer,
  startStoreServer,
} from '../testing/store-implementations.ts';

let server: StoreServer;

beforeAll(async () => {
  server = await startStoreServer();
}, 60_000);
afterAll(() => server.close());

const requested = (): PlanSubscription =>
  PlanSubscription.request(
    {
      id: id('5', 1),
      customerId: grupoExito,
      tenantInstanceId: norte,
      productId: farutechVet,
      createdAt: start,
    },
    { planId: vetProfessional, startsAt: start, expiresAt: after(9_000) },
    { requestedAt: start, now: start, newId: v7 },
  );
const cancellation = { reason: 'Mora', by: 'billing', byCustomer: false };
const exception = {
  id: id('6', 1),
  featureCode: 'BATCH_CONTROL',
  overrideType: 'DISABLE',
  reason: 'Mora',
  createdBy: 'operator',
} as const;

describe.each(implementations)('las suscripciones %s', (name) => {
  let opened: Implementation;
  const within = <R>(work: (stores: Stores) => Promise<R>): Promise<R> => inside(opened)(work);

  beforeEach(async () => {
    opened = await server.open(name);
  });

  it('una suscripción vuelve como se guardó, por su id y por su instancia', async () => {
    await within(({ subscriptions }) => subscriptions.add(requested()));

    const found = await within(({ subscriptions }) => subscriptions.byInstance(norte));
    expect(found?.identity).toEqual(requested().identity);
    expect(found?.present).toEqual({
      status: 'PENDING',
      planId: vetProfessional,
      startsAt: start,
      expiresAt: after(9_000),
      reason: null,
      changedBy: null,
    });
    expect(found?.revision).toBe(1);
    expect(await within(({ subscriptions }) => subscriptions.byId(id('5', 9)))).toBeNull();
    expect(await within(({ subscriptions }) => subscriptions.byInstance(id('e', 9)))).toBeNull();
  });

  it('lo que se cambió se lee después, y la excepción quitada ya no está', async () => {
    await within(({ subscriptions }) => subscriptions.add(requested()));
    const change = (work: (subscription: PlanSubscription) => void) =>
      within(async ({ subscriptions }) => {
        const held = await subscriptions.byId(id('5', 1));
        if (held === null) throw new TypeError('no está');
        work(held);
        await subscriptions.save(held);
      });

    await change((held) => held.activate(after(5), after(6)));
    await change((held) => held.setOverride(exception, after(500), after(7)));
    const set = await within(({ subscriptions }) => subscriptions.byId(id('5', 1)));
    expect(set?.present.status).toBe('ACTIVE');
    expect(set?.overrideAt('BATCH_CONTROL', after(8))).toEqual({ ...exception, createdAt: after(7) });

    await change((held) => held.clearOverride('BATCH_CONTROL', after(9)));
    const cleared = await within(({ subscriptions }) => subscriptions.byId(id('5', 1)));
    expect(cleared?.overrideAt('BATCH_CONTROL', after(8))).toBeDefined();
    expect(cleared?.overrideAt('BATCH_CONTROL', after(9))).toBeUndefined();
  });

  it('lo que está por pasar se toma una vez, en orden, cuando le llega la hora', async () => {
    await within(async ({ subscriptions }) => {
      const sold = requested();
      sold.activate(after(5), after(6));
      sold.scheduleCancellation(id('d', 1), cancellation, after(500), after(7));
      await subscriptions.add(sold);
    });
    const settle = (ms: number, except: readonly string[] = []) =>
      within(async ({ subscriptions }) => {
        const due = await subscriptions.takeDue(after(ms), except);
        const settled = due?.subscription.settle(due.changeId, after(ms));
        if (due && settled) await subscriptions.save(due.subscription);
        return settled && [settled.change.kind, settled.tells];
      });

    expect(await settle(499)).toBeUndefined();
    expect(await settle(500, [id('d', 1)])).toBeUndefined();
    expect(await settle(500)).toEqual(['CANCELLATION', true]);
    expect(await settle(9_999)).toBeUndefined();
    const held = await within(({ subscriptions }) => subscriptions.byScheduledChange(id('d', 1)));
    expect([held?.stateAt(after(500)).status, held?.revision]).toEqual(['CANCELLED', 3]);
    expect(await within(({ subscriptions }) => subscriptions.byScheduledChange(id('d', 9)))).toBeNull();
  });

  it('retirada y puesta otra vez queda la segunda, con su motivo y quién la pidió', async () => {
    const change = (work: (held: PlanSubscription) => void) =>
      within(async ({ subscriptions }) => {
        const held = await subscriptions.byId(id('5', 1));
        if (held === null) throw new TypeError('no está');
        work(held);
        await subscriptions.save(held);
      });
    await within(({ subscriptions }) => subscriptions.add(requested()));
    await change((held) => held.activate(after(5), after(6)));
    await change((held) => held.scheduleCancellation(id('d', 1), cancellation, after(500), after(7)));
    await change((held) => held.scheduleCancellation(id('d', 2), cancellation, after(700), after(8)));

    const held = await within(({ subscriptions }) => subscriptions.byScheduledChange(id('d', 1)));
    expect(held?.stateAt(after(699))).toMatchObject({ status: 'ACTIVE', reason: null });
    expect(held?.stateAt(after(700))).toMatchObject({
      status: 'CANCELLED',
      reason: 'Mora',
      changedBy: 'billing',
    });
    expect(() => held?.withdraw(id('d', 1), false, after(9))).toThrow(/has happened or was withdrawn/);
    await change((again) => again.withdraw(id('d', 2), false, after(9)));
    const back = await within(({ subscriptions }) => subscriptions.byId(id('5', 1)));
    expect(back?.stateAt(after(700)).status).toBe('ACTIVE');
  });

  it('un cambio de plan con fecha vuelve con su plan, y el siguiente lo sustituye', async () => {
    const change = (work: (held: PlanSubscription) => void) =>
      within(async ({ subscriptions }) => {
        const held = await subscriptions.byId(id('5', 1));
        if (held === null) throw new TypeError('no está');
        work(held);
        await subscriptions.save(held);
      });
    const plan = (changeId: string, planId: string, ms: number) =>
      change((held) => held.schedulePlan(changeId, { planId, by: 'billing' }, after(ms), after(8)));
    await within(({ subscriptions }) => subscriptions.add(requested()));
    await change((held) => held.activate(after(5), after(6)));
    await plan(id('d', 1), id('b', 2), 500);
    await plan(id('d', 2), id('b', 3), 700);

    const due = await within(({ subscriptions }) => subscriptions.takeDue(after(700), []));
    expect(due?.changeId).toBe(id('d', 2));
    expect([499, 700].map((ms) => due?.subscription.stateAt(after(ms)).planId)).toEqual([
      vetProfessional,
      id('b', 3),
    ]);
    expect(due?.subscription.settle(id('d', 2), after(700))?.change.planId).toBe(id('b', 3));
  });

  it('una clave se contesta una vez; con otra petición se rechaza, y pasado un día es nueva', async () => {
    const claim = { viewer: 'ana', mutation: 'changePlan', key: 'k', input: { to: 'A' } };
    const take = (changes: object, at = start) =>
      within(async ({ claims }) => {
        const answered = await claims.take({ ...claim, ...changes }, at);
        if (answered === null) await claims.remember({ ...claim, ...changes }, `de ${at.toISOString()}`);
        return answered;
      });

    expect([
      await take({}),
      await take({}),
      await take({ key: 'otra' }),
      await take({ viewer: 'eva' }),
    ]).toEqual([null, `de ${start.toISOString()}`, null, null]);
    await expect(take({ input: { to: 'B' } })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(await take({ input: { to: 'B' } }, after(86_400_001))).toBeNull();
  });

  it('lo que falla no deja nada', async () => {
    const failing = within(async ({ subscriptions, customers }) => {
      await subscriptions.add(requested());
      await customers.put({ customerId: grupoExito, country: 'CO', isActive: true, revision: 1 });
      throw new TypeError('a medias');
    });

    await expect(failing).rejects.toThrow('a medias');
    expect(await within(({ subscriptions }) => subscriptions.byInstance(norte))).toBeNull();
    expect(await within(({ customers }) => customers.byId(grupoExito))).toBeNull();
  });

  it('un mensaje ya procesado no hace nada; el que falló se puede repetir', async () => {
    let times = 0;
    const arrival = { ...cause, actor: 'consumer:prueba', messageId: 'm1' };
    const handle = (fails: boolean) =>
      opened.react(arrival, async () => {
        times += 1;
        if (fails) throw new TypeError('otra vez');
        return undefined;
      });

    await expect(handle(true)).rejects.toThrow('otra vez');
    await handle(false);
    await handle(false);
    await opened.react({ ...arrival, actor: 'consumer:otro' }, async () => {
      times += 1;
      return undefined;
    });

    expect(times).toBe(3);
  });
});
