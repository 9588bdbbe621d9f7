import { hasRole, staff, type Viewer } from '@farutech/kernel/viewer';
import { contract } from '../domain/scheduled-change.ts';
import type { PlanSubscriptionRow } from '../persistence/queries/present-state.ts';
import type { ScheduledChangeRow } from '../persistence/queries/scheduled-changes.ts';
import { forgetReads, type SubscriptionContext } from './context.ts';
import type { PlanSubscription } from './plan-subscription.type.ts';
import type { ScheduledChange } from './scheduled-change.type.ts';

export const toPlanSubscription = (row: PlanSubscriptionRow): PlanSubscription => ({
  id: row.id,
  customer: { id: row.customerId },
  instance: { id: row.tenantInstanceId },
  plan: { id: row.planId },
  status: row.status,
  statusReason: row.statusReason,
  startsAt: row.startsAt,
  expiresAt: row.expiresAt,
  createdAt: row.createdAt,
});

/** Quién de Farutech lo decidió es cosa de Farutech. */
function toldRequester({ requestedBy, byCustomer }: ScheduledChangeRow, viewer: Viewer): string {
  const mayTell = byCustomer || requestedBy === contract || hasRole(viewer, staff);
  return mayTell ? requestedBy : 'farutech';
}

export const toScheduledChange = (row: ScheduledChangeRow, viewer: Viewer): ScheduledChange => ({
  id: row.id,
  kind: row.kind,
  effectiveAt: row.effectiveAt,
  plan: row.planId === null ? null : { id: row.planId },
  requestedBy: toldRequester(row, viewer),
  reason: row.reason,
});

export async function findPlanSubscription(
  id: string,
  { loaders }: SubscriptionContext,
): Promise<PlanSubscription | null> {
  const row = await loaders.subscriptions.load(id);
  return row && toPlanSubscription(row);
}

/** Cómo ha quedado la que se acaba de cambiar. */
export async function afterChange(id: string, context: SubscriptionContext): Promise<PlanSubscription> {
  forgetReads(context);
  const changed = await findPlanSubscription(id, context);
  if (changed === null) throw new TypeError(`la suscripción ${id} desapareció tras cambiarla`);
  return changed;
}
