import { buildFederatedSchema, type FederatedSchema } from '@farutech/subgraph/build-schema';
import type { SubscriptionContext } from './context.ts';
import { EffectiveFeaturesResolver } from './effective-features.resolver.ts';
import { findPlanSubscription, PlanSubscriptionResolver } from './plan-subscription.resolver.ts';
import { PlanSubscription } from './plan-subscription.type.ts';
import { TenantInstance } from './stubs.type.ts';
import { TenantInstanceResolver } from './tenant-instance.resolver.ts';

export const buildSubscriptionSchema = (): Promise<FederatedSchema> =>
  buildFederatedSchema<SubscriptionContext>(
    {
      resolvers: [EffectiveFeaturesResolver, PlanSubscriptionResolver, TenantInstanceResolver],
      orphanedTypes: [PlanSubscription, TenantInstance],
    },
    {
      PlanSubscription: {
        __resolveReference: ({ id }, context) => findPlanSubscription(id.toLowerCase(), context),
      },
      TenantInstance: { __resolveReference: ({ id }) => ({ id: id.toLowerCase() }) },
    },
  );
