import fc from 'fast-check';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { after, farutechVet, grupoExito, id, norte, start, vetProfessional } from '../testing/facts.ts';
import { PlanSubscription } from './plan-subscription.ts';
import { type Believed, Timeline } from './timeline.ts';

const requested = (): PlanSubscription =>
  PlanSubscription.request(
    {
      id: id('5', 1),
      customerId: grupoExito,
      tenantInstanceId: norte,
      productId: farutechVet,
      createdAt: start,
    },
    { planId: vetProfessional, startsAt: start, expiresAt: null },
    { requestedAt: start, now: start, newId: v7 },
  );

const disable = (n: number) => ({
  id: id('6', n),
  featureCode: 'BATCH_CONTROL',
  overrideType: 'DISABLE' as const,
  reason: 'Mora',
  createdBy: 'operator',
});

describe('la suscripción de norte', () => {
  it('nace PENDING y se activa una sola vez', () => {
    const subscription = requested();

    expect(subscription.present.status).toBe('PENDING');
    expect(subscription.activate(after(5), after(6))).toEqual(after(6));
    expect(subscription.activate(after(7), after(8))).toBeUndefined();
    expect(subscription.present.status).toBe('ACTIVE');
  });

  it('activarla con el reloj del worker adelantado la deja activa ya', () => {
    const subscription = requested();

    subscription.activate(after(60_000), after(6));

    expect(subscription.present.status).toBe('ACTIVE');
    expect(subscription.changes().states.at(-1)?.validFrom).toEqual(after(6));
  });

  it('poner otra vez la excepción sustituye a la anterior', () => {
    const subscription = requested();

    subscription.setOverride(disable(1), null, after(5));
    subscription.setOverride({ ...disable(2), overrideType: 'ENABLE' }, after(9), after(6));

    expect(subscription.overrideAt('BATCH_CONTROL', after(5))?.id).toBe(disable(1).id);
    expect(subscription.overrideAt('BATCH_CONTROL', after(6))?.overrideType).toBe('ENABLE');
    expect(subscription.overrideAt('BATCH_CONTROL', after(9))).toBeUndefined();
  });

  it('quitar la que no hay es NOT_FOUND en featureCode', () => {
    const subscription = requested();
    subscription.setOverride(disable(1), after(6), after(5));

    expect(() => subscription.clearOverride('BATCH_CONTROL', after(6))).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', field: 'featureCode' }),
    );
  });

  it('con el reloj de otra réplica atrasado, lo nuevo no se sabe antes que lo viejo', () => {
    const subscription = requested();
    subscription.setOverride(disable(1), null, after(50));

    subscription.setOverride({ ...disable(2), overrideType: 'ENABLE' }, null, after(20));

    expect(subscription.changes().knownAt).toEqual(after(50));
    expect(subscription.overrideAt('BATCH_CONTROL', after(50))?.overrideType).toBe('ENABLE');
  });
});

describe('una línea de tiempo', () => {
  const write = fc.record({
    from: fc.integer({ min: 0, max: 20 }),
    value: fc.option(fc.integer({ min: 1, max: 5 })),
    until: fc.option(fc.integer({ min: 21, max: 30 })),
  });

  it('en cada instante vale lo último que se dijo de él, y solo eso', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 6 }), (writes) => {
        const timeline = new Timeline<number>();
        const naive = new Array<number | null>(32).fill(null);
        for (const { from, value, until } of writes) {
          timeline.overwrite(after(from), value, until === null ? null : after(until));
          naive.fill(null, from);
          naive.fill(value, from, until ?? naive.length);
        }

        for (const [ms, value] of naive.entries())
          expect(timeline.holding(after(ms))?.value ?? null).toBe(value);
      }),
    );
  });

  it('una fila escrita no se toca: se olvida, y lo que aún vale de ella se escribe en otra', () => {
    const row: Believed<string> = { rowId: 7n, value: 'antes', validFrom: start, validTo: null };
    const timeline = new Timeline([row]);

    timeline.overwrite(after(5), 'ahora');

    expect(timeline.forgotten).toEqual([7n]);
    expect(timeline.unwritten).toEqual([
      { rowId: null, value: 'antes', validFrom: start, validTo: after(5) },
      { rowId: null, value: 'ahora', validFrom: after(5), validTo: null },
    ]);
  });
});
