import { beforeEach, describe, expect, it } from 'vitest';
import { effectiveFeatures } from '../domain/effective-features.ts';
import { nextChangeAt } from '../domain/next-change.ts';
import { after, id, planFact, planRetiredFact } from '../testing/facts.ts';
import { type SubscriptionOfNorte, subscriptionOfNorte } from '../testing/subscription-of-norte.ts';
import { type ChangePlanInput, changePlan } from './change-plan.ts';

const professional2 = id('b', 2);
const enterprise = id('b', 3);
const cause = { actor: 'billing@farutech.test', correlationId: id('7', 3) };

let sold: SubscriptionOfNorte;
const change = (input: Partial<ChangePlanInput> = {}) =>
  changePlan(sold.parts, cause, {
    subscriptionId: sold.id,
    planCode: 'VET_ENTERPRISE',
    effectiveAt: null,
    idempotencyKey: null,
    ...input,
  });
const enabledAt = (at = sold.clock()) =>
  effectiveFeatures(sold.entitlement(), at)
    .features.filter(({ enabled }) => enabled)
    .map(({ code }) => code);
const planAt = (at: Date) => effectiveFeatures(sold.entitlement(), at).plan?.planId;
const publish = (version: number, includedFeatures: string[]) =>
  sold.hear(
    planFact({
      planId: version === 1 ? enterprise : id('b', 30 + version),
      code: 'VET_ENTERPRISE',
      version,
      includedFeatures,
      maxUsers: 100 * version,
      publishedAt: after(20 + version).toISOString(),
    }),
  );

beforeEach(async () => {
  sold = await subscriptionOfNorte();
  await publish(1, ['APPOINTMENTS', 'BATCH_CONTROL', 'LAB_RESULTS']);
});

describe('cambiar de plan', () => {
  it('quien compró una versión se queda en ella aunque se publique otra', async () => {
    await sold.hear(planFact({ planId: professional2, version: 2, includedFeatures: ['LAB_RESULTS'] }));

    expect(enabledAt(after(900_000))).toEqual(['APPOINTMENTS', 'BATCH_CONTROL']);
  });

  it('al plan por su código es a su versión más nueva: así se sube de versión', async () => {
    await sold.hear(planFact({ planId: professional2, version: 2, includedFeatures: ['LAB_RESULTS'] }));
    sold.moveTo(200);

    await change({ planCode: 'VET_PROFESSIONAL' });

    expect([enabledAt(after(199)), enabledAt(after(200))]).toEqual([
      ['APPOINTMENTS', 'BATCH_CONTROL'],
      ['LAB_RESULTS'],
    ]);
  });

  it('ya mismo: enciende lo suyo, se cuenta con plan y plazas y queda escrito quién lo pidió', async () => {
    sold.moveTo(200);
    await change();

    expect(enabledAt()).toEqual(['APPOINTMENTS', 'BATCH_CONTROL', 'LAB_RESULTS']);
    expect(sold.tables.outbox).toMatchObject([
      {
        contract: { name: 'PlanSubscriptionChanged' },
        data: {
          planId: enterprise,
          planCode: 'VET_ENTERPRISE',
          planVersion: 1,
          maxUsers: 100,
          revision: 3,
          changedAt: after(200).toISOString(),
        },
      },
    ]);
    expect(sold.tables.audit).toMatchObject([
      { action: 'changePlan', entityId: sold.id, detail: { planVersion: 1, effectiveAt: null } },
    ]);
    expect(sold.tables.subscriptions.get(sold.id)?.present.planId).toBe(enterprise);
  });

  it('a una fecha: la versión es la de cuando se acordó, la respuesta dice cuándo cambia, y se cuenta en su hora', async () => {
    await change({ effectiveAt: after(5_000) });
    await publish(2, []);

    expect(nextChangeAt(sold.entitlement(), sold.clock())).toEqual(after(5_000));
    expect([planAt(after(4_999)), planAt(after(5_000))]).toEqual([id('b', 1), enterprise]);
    expect([enabledAt(after(4_999)).length, enabledAt(after(5_000)).length, sold.told()]).toEqual([2, 3, []]);

    sold.moveTo(5_000);
    await Promise.all([sold.settleDue(), sold.settleDue()]);
    expect(sold.tables.outbox).toMatchObject([
      {
        messageId: `scheduled-change:${sold.tables.scheduled[0]?.id}`,
        data: { planId: enterprise, planVersion: 1, maxUsers: 100, changedAt: after(5_000).toISOString() },
      },
    ]);
  });

  it('retirado a tiempo no pasa nada, ni en la respuesta ni en lo contado', async () => {
    await change({ effectiveAt: after(5_000) });
    await sold.withdraw(sold.waiting()[0]?.id ?? '');
    sold.moveTo(6_000);
    await sold.settleDue();

    expect([planAt(after(6_000)), sold.told(), nextChangeAt(sold.entitlement(), after(100))]).toEqual([
      id('b', 1),
      [],
      null,
    ]);
  });

  it('llegada la hora sin nadie que lo cuente, lo que viene detrás lo cuenta antes', async () => {
    await change({ effectiveAt: after(5_000) });
    await sold.hear(planFact({ planId: professional2, version: 2 }));
    sold.moveTo(6_000);
    await change({ planCode: 'VET_PROFESSIONAL' });
    await sold.settleDue();

    expect(sold.tables.outbox.map(({ data }) => data)).toMatchObject([
      { planId: enterprise, revision: 3, changedAt: after(5_000).toISOString() },
      { planId: professional2, revision: 4, changedAt: after(6_000).toISOString() },
    ]);
  });

  it.each<[string, Partial<ChangePlanInput>, string, string]>([
    ['un plan que nadie conoce', { planCode: 'VET_GOLD' }, 'NOT_FOUND', 'planCode'],
    ['uno con un carácter nulo', { planCode: 'VET_ENTERPRISE\0' }, 'NOT_FOUND', 'planCode'],
    ['el de otro producto', { planCode: 'POS_BASIC' }, 'PLAN_NOT_IN_PRODUCT', 'planCode'],
    ['el que ya tiene', { planCode: 'VET_PROFESSIONAL' }, 'ILLEGAL_TRANSITION', 'planCode'],
    ['una suscripción de nadie', { subscriptionId: id('5', 9) }, 'NOT_FOUND', 'subscriptionId'],
    ['para ayer', { effectiveAt: after(99) }, 'VALIDATION_FAILED', 'effectiveAt'],
    ['una clave que no lo es', { idempotencyKey: '' }, 'VALIDATION_FAILED', 'idempotencyKey'],
  ])('%s no', async (_name, input, code, field) => {
    await sold.hear(planFact({ planId: id('b', 9), productId: id('a', 2), code: 'POS_BASIC' }));

    await expect(change(input)).rejects.toMatchObject({ code, field });
    expect(sold.tables.audit).toEqual([]);
  });

  it('uno retirado de la venta no, aunque quien lo tiene lo conserve', async () => {
    await change();
    await sold.hear(planRetiredFact(150));
    sold.moveTo(200);

    await expect(change({ planCode: 'VET_PROFESSIONAL' })).rejects.toMatchObject({ code: 'PLAN_RETIRED' });
    expect(enabledAt()).toHaveLength(3);
  });

  it('la misma clave con lo mismo no hace nada nuevo, aunque la fecha haya pasado; con otra cosa se rechaza', async () => {
    const asked = { effectiveAt: after(5_000), idempotencyKey: 'k-1' };
    await change(asked);
    sold.moveTo(6_000);
    await sold.settleDue();

    expect(await change(asked)).toBe(sold.id);
    expect([sold.told(), sold.waiting()]).toEqual([['PlanSubscriptionChanged'], []]);
    expect(sold.tables.audit.filter(({ action }) => action === 'changePlan')).toHaveLength(1);
    await expect(change({ ...asked, effectiveAt: null })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
      field: 'idempotencyKey',
    });
  });
});
