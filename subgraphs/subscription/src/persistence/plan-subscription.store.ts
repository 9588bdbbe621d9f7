import type { Prisma } from '@farutech/prisma/subscription';
import { PlanSubscription, type SubscriptionChanges } from '../domain/plan-subscription.ts';
import type { PlanSubscriptions } from '../domain/ports.ts';

export const planSubscriptionStore = (tx: Prisma.TransactionClient): PlanSubscriptions => ({
  async byId(id) {
    const locked = await tx.$queryRaw<readonly { id: string }[]>`
      SELECT id FROM plan_subscription WHERE id = ${id}::uuid FOR UPDATE`;
    return await restore(tx, locked[0]?.id);
  },
  async byInstance(instanceId) {
    const locked = await tx.$queryRaw<readonly { id: string }[]>`
      SELECT id FROM plan_subscription WHERE tenant_instance_id = ${instanceId}::uuid FOR UPDATE`;
    return await restore(tx, locked[0]?.id);
  },
  async add(subscription) {
    const changes = subscription.changes();
    await tx.planSubscription.create({ data: { ...subscription.identity, ...changes.present } });
    await writeHistory(tx, subscription.identity.id, changes);
  },
  async save(subscription) {
    const { id } = subscription.identity;
    const changes = subscription.changes();
    await tx.planSubscription.update({ where: { id }, data: changes.present });
    await writeHistory(tx, id, changes);
  },
});

/** Solo lo que hoy se cree: la historia se guarda, pero no hace falta para decidir. */
async function restore(
  tx: Prisma.TransactionClient,
  id: string | undefined,
): Promise<PlanSubscription | null> {
  if (id === undefined) return null;
  const row = await tx.planSubscription.findUniqueOrThrow({
    where: { id },
    include: { states: { where: { knownTo: null } }, overrides: { where: { knownTo: null } } },
  });
  const { customerId, tenantInstanceId, productId, createdAt, states, overrides } = row;
  const known = [createdAt, ...states.map((it) => it.knownFrom), ...overrides.map((it) => it.knownFrom)];
  return PlanSubscription.restore({
    id,
    customerId,
    tenantInstanceId,
    productId,
    createdAt,
    lastKnownAt: new Date(Math.max(...known.map(Number))),
    states: states.map(({ id: rowId, validFrom, validTo, status, planId, startsAt, expiresAt }) => ({
      rowId,
      validFrom,
      validTo,
      value: { status, planId, startsAt, expiresAt },
    })),
    overrides: overrides.map(({ rowId, validFrom, validTo, ...row }) => ({
      rowId,
      validFrom,
      validTo,
      value: {
        id: row.id,
        featureCode: row.featureCode,
        overrideType: row.overrideType,
        reason: row.reason,
        createdBy: row.createdBy,
        createdAt: row.createdAt,
      },
    })),
  });
}

/** Una fila solo cambia una vez, cuando deja de creerse; todo lo demás es añadir. */
async function writeHistory(
  tx: Prisma.TransactionClient,
  subscriptionId: string,
  changes: SubscriptionChanges,
): Promise<void> {
  const { knownAt, forgottenStates, states, forgottenOverrides, overrides } = changes;
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
}
