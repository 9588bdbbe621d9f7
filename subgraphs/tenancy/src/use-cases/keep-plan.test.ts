import { beforeEach, describe, expect, it } from 'vitest';
import { idOf, operatorCause, vetProfessional } from '../testing/builders.ts';
import { sellingWorld } from '../testing/tenancy-parts.ts';
import { activateSubscription } from './activate-subscription.ts';
import { keepPlan } from './keep-plan.ts';

let world: Awaited<ReturnType<typeof sellingWorld>>;
let instanceId: string;
let messages = 0;

const fact = (revision: number, maxUsers: number) => ({
  subscriptionId: idOf(0xe1),
  instanceId,
  customerId: world.customer.id,
  planId: vetProfessional.planId,
  planCode: vetProfessional.code,
  planVersion: revision,
  maxUsers,
  revision,
});
const cause = () => {
  messages += 1;
  return { ...operatorCause, actor: 'consumer:tenancy-subscription', messageId: `m${messages}` };
};
const changed = (revision: number, maxUsers: number) =>
  keepPlan(world.parts, cause(), { ...fact(revision, maxUsers), changedAt: '2026-03-02T00:00:00.000Z' });
const activated = (revision: number, maxUsers: number) =>
  activateSubscription(world.parts, cause(), {
    ...fact(revision, maxUsers),
    activatedAt: '2026-03-01T00:00:00.000Z',
  });
const kept = () => world.tables.instances[0];

beforeEach(async () => {
  world = await sellingWorld();
  instanceId = (await world.sell()).id;
});

describe('el plan y las plazas que tenancy guarda', () => {
  it('son los del último cambio, y queda en la auditoría', async () => {
    await activated(2, 25);
    await changed(3, 100);

    expect(kept()).toMatchObject({ maxUsers: 100, planVersion: 3 });
    expect(world.tables.audit.at(-1)).toMatchObject({
      action: 'PlanSubscriptionChanged',
      entityId: instanceId,
      detail: { maxUsers: 100 },
    });
  });

  it('lleguen en el orden que lleguen: lo viejo no pisa lo nuevo, y la activación activa igual', async () => {
    await changed(4, 200);
    await changed(3, 100);
    await activated(2, 25);

    expect(kept()).toMatchObject({
      maxUsers: 200,
      planVersion: 4,
      subscriptionActivatedAt: expect.any(Date),
    });
  });

  it('de una instancia que no existe no se guarda nada', async () => {
    instanceId = idOf(0xff);

    await expect(changed(3, 100)).rejects.toMatchObject({ code: 'INSTANCE_UNKNOWN' });
  });
});
