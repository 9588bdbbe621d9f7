import type { Prisma } from '@farutech/prisma/subscription';
import { PlanSubscription } from '../domain/plan-subscription.ts';
import type { PlanSubscriptions } from '../domain/ports.ts';
import type { SubscriptionChanges, SubscriptionState } from '../domain/stored-subscription.ts';
import { toBelievedOverride, toBelievedState, toScheduledChange } from './subscription-rows.ts';

type Locked = readonly { id: string }[];

export const planSubscriptionStore = (tx: Prisma.TransactionClient): PlanSubscriptions => ({
  async byId(id) {
    const locked = await tx.$queryRaw<Locked>`
      SELECT id FROM plan_subscription WHERE id = ${id}::uuid FOR UPDATE`;
    return await restore(tx, locked);
  },
  async byInstance(instanceId) {
    const locked = await tx.$queryRaw<Locked>`
      SELECT id FROM plan_subscription WHERE tenant_instance_id = ${instanceId}::uuid FOR UPDATE`;
    return await restore(tx, locked);
  },
  async byScheduledChange(changeId) {
    const locked = await tx.$queryRaw<Locked>`
      SELECT sold.id FROM scheduled_change change JOIN plan_subscription sold ON sold.id = change.subscription_id
      WHERE change.id = ${changeId}::uuid FOR UPDATE OF sold`;
    return await restore(tx, locked);
  },
  async takeDue(now, except) {
    // Nunca espera: quien cambia la suscripción toma primero su fila y después la del cambio, al revés que aquí.
    const locked = await tx.$queryRaw<readonly { id: string; changeId: string }[]>`
      SELECT sold.id, change.id AS "changeId"
      FROM scheduled_change change JOIN plan_subscription sold ON sold.id = change.subscription_id
      WHERE change.ended IS NULL AND change.effective_at <= ${now.toISOString()}::timestamptz
        AND change.id <> ALL(${[...except]}::uuid[])
      ORDER BY change.effective_at, change.id LIMIT 1 FOR UPDATE OF change, sold SKIP LOCKED`;
    const subscription = await restore(tx, locked);
    const [taken] = locked;
    return taken === undefined || subscription === null ? null : { changeId: taken.changeId, subscription };
  },
  async add(subscription) {
    const { identity } = subscription;
    const changes = subscription.changes();
    await tx.planSubscription.create({ data: { ...identity, ...presentColumns(changes) } });
    await writeHistory(tx, identity.id, changes);
  },
  async save(subscription) {
    const { id } = subscription.identity;
    const changes = subscription.changes();
    await tx.planSubscription.update({ where: { id }, data: presentColumns(changes) });
    await writeHistory(tx, id, changes);
  },
});

function presentColumns({ present, revision }: SubscriptionChanges) {
  const { status, planId, startsAt, expiresAt }: SubscriptionState = present;
  return { status, planId, startsAt, expiresAt, revision };
}

/** Solo lo que hoy se cree y lo que aún ha de pasar: la historia se guarda, pero no hace falta para decidir. */
async function restore(tx: Prisma.TransactionClient, [locked]: Locked): Promise<PlanSubscription | null> {
  if (locked === undefined) return null;
  const { id } = locked;
  const row = await tx.planSubscription.findUniqueOrThrow({
    where: { id },
    include: {
      states: { where: { knownTo: null } },
      overrides: { where: { knownTo: null } },
      scheduled: { where: { ended: null } },
    },
  });
  const { customerId, tenantInstanceId, productId, createdAt, revision, states, overrides, scheduled } = row;
  const known = [createdAt, ...states.map((it) => it.knownFrom), ...overrides.map((it) => it.knownFrom)];
  return PlanSubscription.restore({
    id,
    customerId,
    tenantInstanceId,
    productId,
    createdAt,
    revision,
    lastKnownAt: new Date(Math.max(...known.map(Number))),
    states: states.map(toBelievedState),
    overrides: overrides.map(toBelievedOverride),
    waiting: scheduled.map(toScheduledChange),
  });
}

/** Una fila solo cambia una vez, cuando deja de creerse o cuando acaba; todo lo demás es añadir. */
async function writeHistory(
  tx: Prisma.TransactionClient,
  subscriptionId: string,
  changes: SubscriptionChanges,
): Promise<void> {
  const { knownAt, forgottenStates, states, forgottenOverrides, overrides, scheduled, ended } = changes;
  if (forgottenStates.length > 0) {
    await tx.subscriptionState.updateMany({
      where: { id: { in: [...forgottenStates] }, knownTo: null },
      data: { knownTo: knownAt },
    });
  }
  if (forgottenOverrides.length > 0) {
    await tx.featureOverride.updateMany({
      where: { rowId: { in: [...forgottenOverrides] }, knownTo: null },
      data: { knownTo: knownAt },
    });
  }
  if (states.length > 0) {
    await tx.subscriptionState.createMany({
      data: states.map(({ value, validFrom, validTo }) => ({
        ...value,
        subscriptionId,
        validFrom,
        validTo,
        knownFrom: knownAt,
      })),
    });
  }
  if (overrides.length > 0) {
    await tx.featureOverride.createMany({
      data: overrides.map(({ value, validFrom, validTo }) => ({
        ...value,
        subscriptionId,
        validFrom,
        validTo,
        knownFrom: knownAt,
      })),
    });
  }
  // Lo que acaba, antes que lo que empieza: de cada clase solo puede haber uno por llegar.
  for (const change of ended) {
    await tx.scheduledChange.updateMany({
      where: { id: change.id, ended: null },
      data: { ended: change.ended, endedAt: knownAt },
    });
  }
  if (scheduled.length > 0) {
    await tx.scheduledChange.createMany({
      data: scheduled.map((change) => ({ ...change, subscriptionId })),
    });
  }
}
