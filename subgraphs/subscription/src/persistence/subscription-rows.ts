import type {
  FeatureOverride as FeatureOverrideRow,
  ScheduledChange as ScheduledChangeRow,
  SubscriptionState as SubscriptionStateRow,
} from '@farutech/prisma/subscription';
import type { FeatureOverride } from '../domain/feature-override.ts';
import type { ScheduledChange } from '../domain/scheduled-change.ts';
import type { SubscriptionState } from '../domain/stored-subscription.ts';
import type { Believed } from '../domain/timeline.ts';

export const toBelievedState = (row: SubscriptionStateRow): Believed<SubscriptionState> => ({
  rowId: row.id,
  validFrom: row.validFrom,
  validTo: row.validTo,
  value: {
    status: row.status,
    planId: row.planId,
    startsAt: row.startsAt,
    expiresAt: row.expiresAt,
    reason: row.reason,
    changedBy: row.changedBy,
  },
});

export const toBelievedOverride = (row: FeatureOverrideRow): Believed<FeatureOverride> => ({
  rowId: row.rowId,
  validFrom: row.validFrom,
  validTo: row.validTo,
  value: {
    id: row.id,
    featureCode: row.featureCode,
    overrideType: row.overrideType,
    reason: row.reason,
    createdBy: row.createdBy,
    createdAt: row.createdAt,
  },
});

export const toScheduledChange = (row: ScheduledChangeRow): ScheduledChange => ({
  id: row.id,
  kind: row.kind,
  effectiveAt: row.effectiveAt,
  planId: row.planId,
  reason: row.reason,
  requestedBy: row.requestedBy,
  byCustomer: row.byCustomer,
  requestedAt: row.requestedAt,
});
