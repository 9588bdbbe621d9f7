import { beforeEach, describe, expect, it } from 'vitest';
import { effectiveFeatures, type FeatureCause } from '../domain/effective-features.ts';
import { after, customerChangedFact, provisionedFact, requestedFact, statusFact } from '../testing/facts.ts';
import { type SubscriptionOfNorte, subscriptionOfNorte } from '../testing/subscription-of-norte.ts';
import { salesOfNorte } from '../testing/world-of-norte.ts';

let sold: SubscriptionOfNorte;
const allOn = ['APPOINTMENTS', 'BATCH_CONTROL'];
const answer = (at = sold.clock()) => effectiveFeatures(sold.entitlement(), at);
const enabled = (at?: Date) =>
  answer(at)
    .features.filter((one) => one.enabled)
    .map(({ code }) => code);
const causes = (at?: Date): readonly FeatureCause[] =>
  answer(at).features.find(({ code }) => code === 'BATCH_CONTROL')?.causes ?? [];
const instance = () => sold.tables.instances.values().next().value?.status;
const status = (version: number, now: Parameters<typeof statusFact>[0]) => statusFact({ version, ...now });

beforeEach(async () => {
  sold = await subscriptionOfNorte();
  expect(enabled()).toEqual(allOn);
});

describe('qué se sigue de qué', () => {
  it('suscripción suspendida → funciones apagadas, la instancia se queda; reanudada → encendidas', async () => {
    sold.moveTo(200);
    await sold.suspend();
    expect([enabled(), causes(), instance()]).toEqual([[], ['SUBSCRIPTION_SUSPENDED'], 'ACTIVE']);

    sold.moveTo(300);
    await sold.resume();
    expect([enabled(), instance()]).toEqual([allOn, 'ACTIVE']);
  });

  it('suscripción cancelada → funciones apagadas, la instancia se queda', async () => {
    sold.moveTo(200);
    await sold.cancel();

    expect([enabled(), causes(), instance()]).toEqual([[], ['SUBSCRIPTION_CANCELLED'], 'ACTIVE']);
  });

  it('suscripción cancelada a una fecha → se apagan en ese instante exacto aunque nadie corra', async () => {
    await sold.cancel(5_000);

    expect([enabled(after(4_999)), enabled(after(5_000))]).toEqual([allOn, []]);
    expect([causes(after(5_000)), instance(), sold.told()]).toEqual([
      ['SUBSCRIPTION_CANCELLED'],
      'ACTIVE',
      [],
    ]);
  });

  it('y al correr alguien, el hecho se cuenta una vez y el estado guardado queda CANCELLED', async () => {
    await sold.cancel(5_000);
    sold.moveTo(5_000);
    await Promise.all([sold.settleDue(), sold.settleDue(), sold.settleDue()]);

    expect([sold.told(), sold.status(), instance()]).toEqual([
      ['PlanSubscriptionCancelled'],
      'CANCELLED',
      'ACTIVE',
    ]);
  });

  it('suscripción vencida → funciones apagadas, la instancia se queda y el estado guardado sigue ACTIVE', async () => {
    const expiring = requestedFact({ expiresAt: after(5_000).toISOString() });
    sold = await subscriptionOfNorte(
      salesOfNorte.map((event) => (event.contract === expiring.contract ? expiring : event)),
    );

    expect([enabled(after(4_999)), enabled(after(5_000)), causes(after(5_000))]).toEqual([
      allOn,
      [],
      ['SUBSCRIPTION_EXPIRED'],
    ]);
    sold.moveTo(5_000);
    await Promise.all([sold.settleDue(), sold.settleDue()]);
    expect([sold.told(), sold.status(), instance()]).toEqual([
      ['PlanSubscriptionExpired'],
      'ACTIVE',
      'ACTIVE',
    ]);
  });

  it('instancia suspendida → INSTANCE_NOT_ACTIVE, la suscripción no cambia', async () => {
    await sold.hear(status(3, { status: 'SUSPENDED' }));

    expect([enabled(), causes(), sold.status(), sold.told()]).toEqual([
      [],
      ['INSTANCE_NOT_ACTIVE'],
      'ACTIVE',
      [],
    ]);
    await sold.hear(status(4, { status: 'ACTIVE' }));
    expect(enabled()).toEqual(allOn);
  });

  it('instancia retirada → suscripción CANCELLED, contada una vez aunque el hecho se repita', async () => {
    sold.moveTo(300);
    const gone = { status: 'DECOMMISSIONED', occurredAt: after(250).toISOString() } as const;
    await sold.hear(status(3, gone));
    await sold.hear(status(3, gone));
    await sold.hear(status(4, { ...gone, statusChanged: false }));

    expect([sold.status(), causes(), sold.told()]).toEqual([
      'CANCELLED',
      ['SUBSCRIPTION_CANCELLED', 'INSTANCE_NOT_ACTIVE'],
      ['PlanSubscriptionCancelled'],
    ]);
    expect(sold.tables.outbox[0]?.data).toMatchObject({ cancelledAt: after(250).toISOString() });
  });

  it('instancia retirada mientras la suscripción espera → CANCELLED, y ya no se activa', async () => {
    sold = await subscriptionOfNorte(
      salesOfNorte.filter(({ contract }) => contract !== provisionedFact().contract),
    );

    await sold.hear(status(3, { status: 'DECOMMISSIONED' }));
    await sold.hear(provisionedFact());

    expect([sold.status(), sold.told()]).toEqual(['CANCELLED', ['PlanSubscriptionCancelled']]);
  });

  it('instancia retirada antes de saberse que se pidió → la suscripción nace y acaba CANCELLED', async () => {
    const requested = requestedFact();
    const early = salesOfNorte.filter(
      ({ contract }) => contract !== requested.contract && contract !== provisionedFact().contract,
    );
    sold = await subscriptionOfNorte(early);
    await sold.hear(status(3, { status: 'DECOMMISSIONED' }));

    await sold.hear(requested);

    const [opened] = sold.tables.subscriptions.values();
    expect([opened?.present.status, sold.told(), sold.waiting()]).toEqual([
      'CANCELLED',
      ['PlanSubscriptionCancelled'],
      [],
    ]);
  });

  it('cliente dado de baja → lo que corre se queda', async () => {
    await sold.hear(customerChangedFact({ isActive: false }));

    expect([enabled(), sold.status(), instance(), sold.told()]).toEqual([allOn, 'ACTIVE', 'ACTIVE', []]);
  });
});
