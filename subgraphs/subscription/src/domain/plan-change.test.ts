import { v7 } from 'uuid';
import { beforeEach, describe, expect, it } from 'vitest';
import { after, farutechVet, grupoExito, id, norte, start, vetProfessional } from '../testing/facts.ts';
import { PlanSubscription } from './plan-subscription.ts';

const [basic, enterprise] = [id('b', 20), id('b', 30)];
const [first, second] = [id('d', 1), id('d', 2)];
const by = 'billing@farutech.test';
const farutech = { reason: 'Mora de 60 días', by, byCustomer: false };
const illegal = (field: string) => expect.objectContaining({ code: 'ILLEGAL_TRANSITION', field });

let subscription: PlanSubscription;
const planAt = (ms: number): string => subscription.stateAt(after(ms)).planId;
const statusAt = (ms: number): string => subscription.stateAt(after(ms)).status;
const planned = () => subscription.changes().scheduled.filter(({ kind }) => kind === 'PLAN');
const plan = (changeId: string, planId: string, at: number, now: number) =>
  subscription.schedulePlan(changeId, { planId, by }, after(at), after(now));

const pending = (): PlanSubscription =>
  PlanSubscription.request(
    {
      id: id('5', 1),
      customerId: grupoExito,
      tenantInstanceId: norte,
      productId: farutechVet,
      createdAt: start,
    },
    { planId: vetProfessional, startsAt: start, expiresAt: after(900) },
    { requestedAt: start, now: start, newId: v7 },
  );

beforeEach(() => {
  subscription = pending();
  subscription.activate(start, after(10));
});

describe('cambiar de plan', () => {
  it('ya mismo: el plan nuevo rige desde entonces y se cuenta con la revisión siguiente', () => {
    const told = subscription.changePlan(enterprise, after(50));

    expect([planAt(49), planAt(50), planAt(5_000)]).toEqual([vetProfessional, enterprise, enterprise]);
    expect(told).toEqual([{ planId: enterprise, at: after(50), revision: 3, changeId: null }]);
    expect(subscription.changes().present).toMatchObject({ planId: enterprise, status: 'ACTIVE' });
  });

  it('a una fecha: hasta ella nada cambia ni se cuenta, y al llegar se cuenta una vez', () => {
    expect(plan(first, enterprise, 500, 50)).toEqual([]);

    expect([planAt(499), planAt(500)]).toEqual([vetProfessional, enterprise]);
    expect([subscription.revision, subscription.changes().present.planId]).toEqual([2, vetProfessional]);
    expect(subscription.settle(first, after(499))).toBeUndefined();
    expect(subscription.settle(first, after(500))).toMatchObject({
      change: { planId: enterprise },
      tells: true,
    });
    expect([subscription.revision, subscription.present.planId]).toEqual([3, enterprise]);
    expect(subscription.settle(first, after(501))).toBeUndefined();
  });

  it('una SUSPENDED cambia de plan y sigue suspendida', () => {
    subscription.suspend(farutech, after(20));
    subscription.changePlan(enterprise, after(30));

    expect(subscription.present).toMatchObject({
      status: 'SUSPENDED',
      planId: enterprise,
      reason: farutech.reason,
    });
    subscription.resume(after(40));
    expect(subscription.present).toMatchObject({ status: 'ACTIVE', planId: enterprise });
  });

  it('ni una PENDING ni una CANCELLED, ni a una fecha en la que ya estará cancelada', () => {
    subscription.scheduleCancellation(second, farutech, after(500), after(20));
    expect(() => plan(first, enterprise, 500, 30)).toThrow(illegal('subscriptionId'));
    expect(() => plan(first, enterprise, 700, 30)).toThrow(illegal('subscriptionId'));
    expect(() => subscription.changePlan(enterprise, after(500))).toThrow(illegal('subscriptionId'));

    subscription = pending();
    expect(() => subscription.changePlan(enterprise, after(5))).toThrow(illegal('subscriptionId'));
    expect(() => plan(first, enterprise, 500, 5)).toThrow(illegal('subscriptionId'));
  });

  it('la versión que ya tiene, o que ya tendrá entonces, no', () => {
    expect(() => subscription.changePlan(vetProfessional, after(20))).toThrow(illegal('planCode'));
    subscription.changePlan(enterprise, after(20));
    expect(() => plan(first, enterprise, 500, 30)).toThrow(illegal('planCode'));
  });

  it('lo acordado después sustituye a lo acordado antes, también si es para más tarde o para ya', () => {
    plan(first, enterprise, 300, 20);
    plan(second, basic, 600, 30);
    expect([planAt(300), planAt(599), planAt(600)]).toEqual([vetProfessional, vetProfessional, basic]);
    expect(planned().map(({ id: changeId }) => changeId)).toEqual([second]);

    subscription.changePlan(enterprise, after(40));
    expect([planAt(40), planAt(600)]).toEqual([enterprise, enterprise]);
    expect(planned()).toEqual([]);
  });

  it('lo que ya le llegó la hora y nadie contó se cuenta antes de lo que lo sustituye', () => {
    plan(first, enterprise, 300, 20);

    const told = subscription.changePlan(basic, after(310));

    expect(told).toEqual([
      { planId: enterprise, at: after(300), revision: 3, changeId: first },
      { planId: basic, at: after(310), revision: 4, changeId: null },
    ]);
    expect([planAt(299), planAt(300), planAt(310)]).toEqual([vetProfessional, enterprise, basic]);
    expect(subscription.settle(first, after(320))).toBeUndefined();
  });

  it('retirado, vuelve a regir el de antes, aunque entretanto se suspendiera', () => {
    plan(first, enterprise, 300, 20);
    subscription.suspend(farutech, after(30));

    expect(subscription.withdraw(first, false, after(40)).kind).toBe('PLAN');

    expect([planAt(300), planAt(5_000), statusAt(300)]).toEqual([
      vetProfessional,
      vetProfessional,
      'SUSPENDED',
    ]);
    expect(() => subscription.withdraw(first, false, after(50))).toThrow(illegal('id'));
  });

  it('lo que acordó Farutech el cliente no lo retira', () => {
    plan(first, enterprise, 300, 20);

    expect(() => subscription.withdraw(first, true, after(30))).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN' }),
    );
  });
});

describe('con una cancelación con fecha', () => {
  it('sigue en pie, y lo cancelado queda con el plan que tenía', () => {
    subscription.scheduleCancellation(second, farutech, after(500), after(20));
    subscription.changePlan(basic, after(30));
    plan(first, enterprise, 400, 40);

    expect([statusAt(499), statusAt(500)]).toEqual(['ACTIVE', 'CANCELLED']);
    expect([planAt(399), planAt(400), planAt(500)]).toEqual([basic, enterprise, enterprise]);
  });

  it('la que llega antes deja sin efecto el cambio; retirada, el cambio vuelve a tenerlo', () => {
    plan(first, enterprise, 500, 20);
    subscription.scheduleCancellation(second, farutech, after(300), after(30));
    expect([statusAt(500), planAt(500)]).toEqual(['CANCELLED', vetProfessional]);

    subscription.withdraw(second, false, after(40));

    expect([statusAt(500), planAt(499), planAt(500)]).toEqual(['ACTIVE', vetProfessional, enterprise]);
    expect(subscription.settle(first, after(500))).toMatchObject({ tells: true });
  });

  it('en el mismo instante gana la cancelación, y el cambio no se cuenta', () => {
    plan(first, enterprise, 500, 20);
    subscription.scheduleCancellation(second, farutech, after(500), after(30));

    expect(subscription.settle(second, after(510))).toMatchObject({ tells: true });
    expect(subscription.settle(first, after(510))).toMatchObject({ tells: false });
    expect([statusAt(500), subscription.revision]).toEqual(['CANCELLED', 3]);
  });
});
