import type { OutgoingEvent } from '@farutech/contracts/contract';
import type { Reach } from '@farutech/kernel/viewer';
import type { Entitlement } from '../domain/entitlement.ts';
import { cancelScheduledChange } from '../use-cases/cancel-scheduled-change.ts';
import { cancelSubscription } from '../use-cases/cancel-subscription.ts';
import { resumeSubscription } from '../use-cases/resume-subscription.ts';
import { settleNextChange } from '../use-cases/settle-next-change.ts';
import { suspendSubscription } from '../use-cases/suspend-subscription.ts';
import { deliver } from './deliver.ts';
import { after, id } from './facts.ts';
import type { MemoryTables } from './memory-tables.ts';
import { memoryWorld } from './memory-unit-of-work.ts';
import { handMade, salesOfNorte } from './world-of-norte.ts';

const cause = { actor: 'billing@farutech.test', correlationId: id('7', 2) };
const everything: Reach = { kind: 'everything' };

/** Lo que la base leería para contestar qué puede usar norte, de las filas que hay en memoria. */
function entitlementIn(tables: MemoryTables, subscriptionId: string, instanceId: string): Entitlement {
  const believed = <T extends { knownTo: Date | null; subscriptionId: string }>(rows: readonly T[]) =>
    rows.filter((row) => row.knownTo === null && row.subscriptionId === subscriptionId);
  return {
    instance: tables.instances.get(instanceId) ?? null,
    features: [...tables.features.values()],
    overrides: believed(tables.overrides).map(({ value, validFrom, validTo }) => ({
      ...value,
      validFrom,
      validTo,
    })),
    states: believed(tables.states).flatMap(({ value, validFrom, validTo }) => {
      const plan = tables.plans.get(value.planId);
      return plan === undefined ? [] : [{ ...value, validFrom, validTo, plan }];
    }),
  };
}

/** Norte vendida en memoria, y lo que se le puede hacer; el reloj se mueve a mano. */
export async function subscriptionOfNorte(sales: readonly OutgoingEvent[] = salesOfNorte) {
  const world = memoryWorld();
  const hand = handMade();
  const parts = { unitOfWork: world.unitOfWork, react: world.react, newId: hand.newId, clock: hand.clock };
  let heard = 0;
  async function hear(event: OutgoingEvent): Promise<void> {
    heard += 1;
    await deliver(parts, { messageId: `m${heard}`, event });
  }
  for (const event of sales) await hear(event);
  const [subscription] = world.tables.subscriptions.values();
  const { id: subscriptionId = '', tenantInstanceId: instanceId = '' } = subscription?.identity ?? {};
  const { tables } = world;
  tables.outbox.length = 0;
  tables.audit.length = 0;

  return {
    ...hand,
    tables,
    parts,
    id: subscriptionId,
    hear,
    suspend: (reason = 'Mora de 60 días', of = subscriptionId) =>
      suspendSubscription(parts, cause, { id: of, reason }),
    resume: (of = subscriptionId) => resumeSubscription(parts, cause, of),
    cancel: (
      effectiveAt: number | null = null,
      reach = everything,
      reason = 'Mora de 60 días',
      of = subscriptionId,
    ) =>
      cancelSubscription(parts, cause, {
        id: of,
        reason,
        effectiveAt: effectiveAt === null ? null : after(effectiveAt),
        reach,
      }),
    withdraw: (changeId: string, reach = everything) =>
      cancelScheduledChange(parts, cause, { id: changeId, reach }),
    waiting: () => tables.scheduled.filter(({ ended }) => ended === null),
    /** Como el reloj de una réplica que despierta ahora. */
    async settleDue(): Promise<void> {
      while ((await settleNextChange(parts, hand.clock())) !== undefined);
    },
    status: () => tables.subscriptions.get(subscriptionId)?.present.status,
    told: () => tables.outbox.map(({ contract }) => contract.name),
    entitlement: () => entitlementIn(tables, subscriptionId, instanceId),
  };
}

export type SubscriptionOfNorte = Awaited<ReturnType<typeof subscriptionOfNorte>>;
