import { buildFederatedSchema, type FederatedSchema } from '@farutech/subgraph/build-schema';
import type { SubscriptionContext } from './context.ts';
import { EffectiveFeaturesResolver } from './effective-features.resolver.ts';
import { type AnswerReadings, effectiveFeaturesLive } from './effective-features-live.resolver.ts';
import { PlanChangeResolver } from './plan-change.resolver.ts';
import { PlanPreviewResolver } from './plan-preview.resolver.ts';
import { PlanSubscriptionResolver } from './plan-subscription.resolver.ts';
import { PlanSubscription } from './plan-subscription.type.ts';
import { findPlanSubscription } from './plan-subscription.view.ts';
import { PlanSubscriptionListResolver } from './plan-subscription-list.resolver.ts';
import { TenantInstance } from './stubs.type.ts';
import { SubscriptionLifecycleResolver } from './subscription-lifecycle.resolver.ts';
import { TenantInstanceResolver } from './tenant-instance.resolver.ts';

export const buildSubscriptionSchema = (answers: AnswerReadings): Promise<FederatedSchema> =>
  buildFederatedSchema<SubscriptionContext>(
    {
      resolvers: [
        EffectiveFeaturesResolver,
        effectiveFeaturesLive(answers),
        PlanChangeResolver,
        PlanPreviewResolver,
        PlanSubscriptionListResolver,
        PlanSubscriptionResolver,
        SubscriptionLifecycleResolver,
        TenantInstanceResolver,
      ],
      orphanedTypes: [PlanSubscription, TenantInstance],
    },
    {
      PlanSubscription: {
        __resolveReference: ({ id }, context) => findPlanSubscription(id.toLowerCase(), context),
      },
      TenantInstance: { __resolveReference: ({ id }) => ({ id: id.toLowerCase() }) },
    },
  );
