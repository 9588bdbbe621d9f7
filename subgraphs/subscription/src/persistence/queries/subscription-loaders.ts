import type { Clock } from '@farutech/kernel/clock';
import type { Reach } from '@farutech/kernel/viewer';
import type { PrismaClient } from '@farutech/prisma/subscription';
import { type EntitlementLoader, entitlementLoader } from './entitlements.ts';
import { type FeatureOverrideLoader, featureOverrideLoader } from './feature-overrides.ts';
import {
  type PlanSubscriptionLoader,
  planSubscriptionLoader,
  subscriptionOfInstanceLoader,
} from './plan-subscriptions.ts';
import { type ScheduledChangeLoader, scheduledChangeLoader } from './scheduled-changes.ts';

/** Lo leído en una petición, dentro del alcance de quien pide. */
export interface SubscriptionLoaders {
  readonly entitlements: EntitlementLoader;
  readonly subscriptions: PlanSubscriptionLoader;
  readonly subscriptionsOfInstances: PlanSubscriptionLoader;
  readonly overrides: FeatureOverrideLoader;
  readonly scheduledChanges: ScheduledChangeLoader;
}

export const subscriptionLoaders = (
  prisma: PrismaClient,
  reach: Reach,
  clock: Clock,
): SubscriptionLoaders => ({
  entitlements: entitlementLoader(prisma, reach, clock),
  subscriptions: planSubscriptionLoader(prisma, reach, clock),
  subscriptionsOfInstances: subscriptionOfInstanceLoader(prisma, reach, clock),
  overrides: featureOverrideLoader(prisma, clock),
  scheduledChanges: scheduledChangeLoader(prisma, clock),
});
