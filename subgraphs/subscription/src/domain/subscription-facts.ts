import { type OutgoingEvent, tell } from '@farutech/contracts/contract';
import {
  planSubscriptionActivated,
  planSubscriptionCancelled,
  planSubscriptionChanged,
  planSubscriptionExpired,
  planSubscriptionResumed,
  planSubscriptionSuspended,
} from '@farutech/contracts/subscription';
import type { PlanRecord } from './ports.ts';
import type { SubscriptionIdentity } from './stored-subscription.ts';

/** De quién se cuenta, con qué plan y cuántas cosas se llevan contadas con esta. */
export interface Subject {
  readonly identity: SubscriptionIdentity;
  readonly plan: PlanRecord;
  readonly revision: number;
}

/** El identificador sale de la fila: ni un fallo nuestro podría contarlo dos veces. */
export const toldOnce = (changeId: string): string => `scheduled-change:${changeId}`;

const named = ({ identity, plan, revision }: Subject) => ({
  subscriptionId: identity.id,
  instanceId: identity.tenantInstanceId,
  customerId: identity.customerId,
  planId: plan.planId,
  planCode: plan.code,
  planVersion: plan.version,
  revision,
});

export const activated = (subject: Subject, at: Date): OutgoingEvent =>
  tell(planSubscriptionActivated, {
    ...named(subject),
    maxUsers: subject.plan.maxUsers,
    activatedAt: at.toISOString(),
  });

export const planChanged = (subject: Subject, at: Date, messageId?: string): OutgoingEvent =>
  tell(
    planSubscriptionChanged,
    { ...named(subject), maxUsers: subject.plan.maxUsers, changedAt: at.toISOString() },
    messageId,
  );

export const suspended = (subject: Subject, at: Date): OutgoingEvent =>
  tell(planSubscriptionSuspended, { ...named(subject), suspendedAt: at.toISOString() });

export const resumed = (subject: Subject, at: Date): OutgoingEvent =>
  tell(planSubscriptionResumed, { ...named(subject), resumedAt: at.toISOString() });

export const cancelled = (subject: Subject, at: Date, messageId?: string): OutgoingEvent =>
  tell(planSubscriptionCancelled, { ...named(subject), cancelledAt: at.toISOString() }, messageId);

export const expired = (subject: Subject, at: Date, messageId?: string): OutgoingEvent =>
  tell(planSubscriptionExpired, { ...named(subject), expiredAt: at.toISOString() }, messageId);
