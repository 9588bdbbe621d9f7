import type { Reach } from '@farutech/kernel/viewer';
import { beforeEach, describe, expect, it } from 'vitest';
import { after, grupoExito, id, norte, provisionedFact, requestedFact } from '../testing/facts.ts';
import { type SubscriptionOfNorte, subscriptionOfNorte } from '../testing/subscription-of-norte.ts';
import { salesOfNorte } from '../testing/world-of-norte.ts';

const exito: Reach = { kind: 'customer', customerId: grupoExito };
const other: Reach = { kind: 'customer', customerId: id('c', 9) };
let sold: SubscriptionOfNorte;

beforeEach(async () => {
  sold = await subscriptionOfNorte();
});

const isTold = (name: string, data: object) =>
  expect.objectContaining({
    contract: expect.objectContaining({ name }),
    data: expect.objectContaining(data),
  });

describe('suspender, reanudar y cancelar', () => {
  it('cada paso se cuenta una vez, con la revisión siguiente, y se audita con su motivo', async () => {
    sold.moveTo(200);
    await sold.suspend();
    sold.moveTo(300);
    await sold.resume();
    sold.moveTo(400);
    await sold.cancel();

    const common = {
      subscriptionId: sold.id,
      instanceId: norte,
      planCode: 'VET_PROFESSIONAL',
      planVersion: 1,
    };
    expect(sold.tables.outbox).toEqual([
      isTold('PlanSubscriptionSuspended', { ...common, revision: 3, suspendedAt: after(200).toISOString() }),
      isTold('PlanSubscriptionResumed', { ...common, revision: 4, resumedAt: after(300).toISOString() }),
      isTold('PlanSubscriptionCancelled', { ...common, revision: 5, cancelledAt: after(400).toISOString() }),
    ]);
    expect(sold.tables.audit.map(({ action, detail }) => [action, detail.reason])).toEqual([
      ['suspendSubscription', 'Mora de 60 días'],
      ['resumeSubscription', undefined],
      ['cancelSubscription', 'Mora de 60 días'],
    ]);
    expect(JSON.stringify(sold.tables.outbox)).not.toMatch(/Mora|billing@/);
  });

  it.each<[string, (it: SubscriptionOfNorte) => Promise<unknown>, string, string]>([
    ['reanudar la que está activa', (it) => it.resume(), 'ILLEGAL_TRANSITION', 'id'],
    ['suspender la que no existe', (it) => it.suspend('Mora', id('5', 99)), 'NOT_FOUND', 'id'],
    ['reanudar la que no existe', (it) => it.resume(id('5', 99)), 'NOT_FOUND', 'id'],
    ['suspender sin motivo', (it) => it.suspend(' '), 'VALIDATION_FAILED', 'reason'],
    ['cancelar sin motivo', (it) => it.cancel(null, exito, ''), 'VALIDATION_FAILED', 'reason'],
    ['cancelar para ahora mismo', (it) => it.cancel(100), 'VALIDATION_FAILED', 'effectiveAt'],
    ['cancelar para ayer', (it) => it.cancel(50), 'VALIDATION_FAILED', 'effectiveAt'],
    ['un cliente cancela la de otro', (it) => it.cancel(null, other), 'NOT_FOUND', 'id'],
    ['retirar un cambio que no existe', (it) => it.withdraw(id('d', 9)), 'NOT_FOUND', 'id'],
  ])('%s se rechaza y no escribe nada', async (_name, act, code, field) => {
    const before = sold.tables.copy();

    await expect(act(sold)).rejects.toMatchObject({ code, field });

    expect(sold.tables).toEqual(before);
  });

  it('de CANCELLED no se vuelve', async () => {
    await sold.cancel();

    for (const act of [
      () => sold.suspend(),
      () => sold.resume(),
      () => sold.cancel(),
      () => sold.cancel(9_000),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION', field: 'id' });
    }
  });

  it('una PENDING ni se suspende ni se cancela: su instancia está a medias', async () => {
    const pending = await subscriptionOfNorte(
      salesOfNorte.filter((event) => event.contract !== provisionedFact().contract),
    );

    for (const act of [() => pending.suspend(), () => pending.resume(), () => pending.cancel()]) {
      await expect(act()).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    }
  });

  it('un cliente cancela la suya con fecha y la retira; otro ni la ve', async () => {
    await sold.cancel(5_000, exito);
    const [change] = sold.waiting();
    expect(change).toMatchObject({ kind: 'CANCELLATION', byCustomer: true, reason: 'Mora de 60 días' });

    await expect(sold.withdraw(change?.id ?? '', other)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'id',
    });
    await sold.withdraw(change?.id ?? '', exito);

    expect(sold.waiting()).toEqual([]);
    expect([sold.told(), sold.status()]).toEqual([[], 'ACTIVE']);
  });

  it('al abrirse quedan apuntados su inicio y su vencimiento, y al llegar se cuenta solo el vencimiento', async () => {
    const dates = { startsAt: after(500).toISOString(), expiresAt: after(900).toISOString() };
    const dated = await subscriptionOfNorte(
      salesOfNorte.map((event) =>
        event.contract === requestedFact().contract ? requestedFact(dates) : event,
      ),
    );
    expect(
      dated.waiting().map(({ kind, effectiveAt, requestedBy }) => [kind, effectiveAt, requestedBy]),
    ).toEqual([
      ['START', after(500), 'contract'],
      ['EXPIRY', after(900), 'contract'],
    ]);

    for (const ms of [499, 500, 899, 900, 950]) {
      dated.moveTo(ms);
      await dated.settleDue();
    }

    expect(dated.tables.outbox).toEqual([
      isTold('PlanSubscriptionExpired', { expiredAt: after(900).toISOString(), revision: 3 }),
    ]);
    expect([dated.status(), dated.waiting()]).toEqual(['ACTIVE', []]);
  });
});
