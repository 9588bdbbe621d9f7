import { v7 } from 'uuid';
import { beforeEach, describe, expect, it } from 'vitest';
import { after, farutechVet, grupoExito, id, norte, start, vetProfessional } from '../testing/facts.ts';
import { type Decision, PlanSubscription } from './plan-subscription.ts';
import { stillToCome } from './scheduled-change.ts';

const farutech: Decision = { reason: 'Mora de 60 días', by: 'billing@farutech.test', byCustomer: false };
const customer: Decision = { reason: 'Ya no la usamos', by: 'ana@exito.test', byCustomer: true };
const [first, second] = [id('d', 1), id('d', 2)];

let subscription: PlanSubscription;
const statusAt = (ms: number): string => subscription.stateAt(after(ms)).status;
const waiting = () => subscription.changes().scheduled.map(({ kind, effectiveAt }) => [kind, effectiveAt]);

beforeEach(() => {
  subscription = PlanSubscription.request(
    {
      id: id('5', 1),
      customerId: grupoExito,
      tenantInstanceId: norte,
      productId: farutechVet,
      createdAt: start,
    },
    { planId: vetProfessional, startsAt: after(5), expiresAt: after(900) },
    { requestedAt: start, now: start, newId: v7 },
  );
  subscription.activate(after(10), after(10));
});

describe('una cancelación con fecha', () => {
  it('se escribe ya: rige desde su instante exacto, y no cambia lo contado', () => {
    subscription.scheduleCancellation(first, farutech, after(500), after(20));

    expect([statusAt(499), statusAt(500)]).toEqual(['ACTIVE', 'CANCELLED']);
    expect(subscription.stateAt(after(500))).toMatchObject({
      reason: farutech.reason,
      changedBy: farutech.by,
    });
    expect([subscription.present.status, subscription.revision]).toEqual(['ACTIVE', 2]);
    expect(waiting()).toContainEqual(['CANCELLATION', after(500)]);
  });

  it('suspender y reanudar por el camino no la borra', () => {
    subscription.scheduleCancellation(first, farutech, after(500), after(20));

    subscription.suspend(farutech, after(30));
    expect([statusAt(30), statusAt(499), statusAt(500)]).toEqual(['SUSPENDED', 'SUSPENDED', 'CANCELLED']);
    subscription.resume(after(40));
    expect([statusAt(39), statusAt(40), statusAt(499), statusAt(500)]).toEqual([
      'SUSPENDED',
      'ACTIVE',
      'ACTIVE',
      'CANCELLED',
    ]);
  });

  it('la segunda sustituye a la primera, también si es para más tarde', () => {
    subscription.scheduleCancellation(first, farutech, after(500), after(20));
    subscription.scheduleCancellation(second, farutech, after(700), after(30));

    expect([statusAt(500), statusAt(699), statusAt(700)]).toEqual(['ACTIVE', 'ACTIVE', 'CANCELLED']);
    expect(waiting().filter(([kind]) => kind === 'CANCELLATION')).toEqual([['CANCELLATION', after(700)]]);
  });

  it('retirada, vuelve a regir lo que regía, aunque entretanto se suspendiera', () => {
    subscription.scheduleCancellation(first, farutech, after(500), after(20));
    subscription.suspend(farutech, after(30));

    subscription.withdraw(first, false, after(40));

    expect([statusAt(500), statusAt(5_000)]).toEqual(['SUSPENDED', 'SUSPENDED']);
    subscription.resume(after(50));
    expect(statusAt(5_000)).toBe('ACTIVE');
  });

  it('el cliente retira o cambia la suya, no la que decidió Farutech', () => {
    subscription.scheduleCancellation(first, farutech, after(500), after(20));
    const refused = expect.objectContaining({ code: 'FORBIDDEN' });

    expect(() => subscription.withdraw(first, true, after(30))).toThrow(refused);
    expect(() => subscription.scheduleCancellation(second, customer, after(600), after(30))).toThrow(refused);

    subscription.withdraw(first, false, after(30));
    subscription.scheduleCancellation(second, customer, after(600), after(30));
    expect(subscription.withdraw(second, true, after(40)).kind).toBe('CANCELLATION');
  });

  it('cumplida, ni se retira ni admite más órdenes, aunque todavía no se haya contado', () => {
    subscription.scheduleCancellation(first, farutech, after(500), after(20));
    const illegal = expect.objectContaining({ code: 'ILLEGAL_TRANSITION', field: 'id' });

    expect(() => subscription.withdraw(first, false, after(500))).toThrow(illegal);
    expect(() => subscription.suspend(farutech, after(500))).toThrow(illegal);
    expect(() => subscription.cancel(farutech, after(501))).toThrow(illegal);
    expect(() => subscription.scheduleCancellation(second, farutech, after(800), after(501))).toThrow(
      illegal,
    );
  });

  it('el vencimiento y el inicio son del contrato: no se retiran', () => {
    for (const { id: changeId } of subscription.changes().scheduled) {
      expect(() => subscription.withdraw(changeId, false, after(1))).toThrow(
        expect.objectContaining({ code: 'ILLEGAL_TRANSITION' }),
      );
    }
  });

  it('cancelar ya mismo se lleva por delante lo que estaba por venir', () => {
    subscription.scheduleCancellation(first, farutech, after(500), after(20));
    subscription.cancel(customer, after(30));

    expect([statusAt(29), statusAt(30), statusAt(9_000)]).toEqual(['ACTIVE', 'CANCELLED', 'CANCELLED']);
    expect(waiting()).toEqual([['START', after(5)]]);
  });

  it('de lo que está por venir, lo posterior a una cancelación no se enseña', () => {
    const at = (kind: string, ms: number) => ({ kind, effectiveAt: after(ms) });
    const all = [at('START', 40), at('CANCELLATION', 50), at('EXPIRY', 50)];

    expect(stillToCome(all, after(10))).toEqual([at('START', 40), at('CANCELLATION', 50)]);
    expect(stillToCome(all, after(40))).toEqual([at('CANCELLATION', 50)]);
    expect(stillToCome([at('EXPIRY', 50)], after(10))).toEqual([at('EXPIRY', 50)]);
  });
});

describe('cuando llega la hora', () => {
  const changeOf = (kind: string) =>
    subscription.changes().scheduled.find((it) => it.kind === kind)?.id ?? '';

  it('antes de su instante no pasa nada', () => {
    expect(subscription.settle(changeOf('EXPIRY'), after(899))).toBeUndefined();
  });

  it('el vencimiento se cuenta y el estado sigue ACTIVE', () => {
    expect(subscription.settle(changeOf('EXPIRY'), after(900))).toMatchObject({ tells: true });
    expect([subscription.present.status, subscription.revision]).toEqual(['ACTIVE', 3]);
  });

  it('el inicio no se cuenta: lo que se enciende lo dice la regla', () => {
    expect(subscription.settle(changeOf('START'), after(10))).toMatchObject({ tells: false });
    expect(subscription.revision).toBe(2);
  });

  it('lo cancelado antes ya no vence', () => {
    const expiry = changeOf('EXPIRY');
    subscription.scheduleCancellation(first, farutech, after(900), after(20));

    expect(subscription.settle(expiry, after(950))).toMatchObject({ tells: false });
    expect(subscription.settle(first, after(950))).toMatchObject({ tells: true });
    expect(subscription.settle(first, after(951))).toBeUndefined();
  });

  it('lo que venció antes de cancelarse se cuenta, aunque nadie corriera entonces', () => {
    const expiry = changeOf('EXPIRY');
    subscription.cancel(farutech, after(950));

    expect(subscription.settle(expiry, after(960))).toMatchObject({ tells: true });
  });
});
