import {
  featureAdded,
  featureChanged,
  featureRetired,
  planPublished,
  planRetired,
  productChanged,
} from '@farutech/contracts/catalog';
import { type ConsumerDefinition, on } from '@farutech/messaging/consume';
import type { ReactionParts } from '../use-cases/reaction-parts.ts';
import { recordFeature } from '../use-cases/record-feature.ts';
import { recordFeatureChange } from '../use-cases/record-feature-change.ts';
import { recordFeatureRetirement } from '../use-cases/record-feature-retirement.ts';
import { recordPlan } from '../use-cases/record-plan.ts';
import { recordPlanRetirement } from '../use-cases/record-plan-retirement.ts';
import { recordProduct } from '../use-cases/record-product.ts';
import { messageCause } from './message-cause.ts';

const durable = 'subscription-catalog';

/** Lo que se vende: productos, funciones y planes. */
export const catalogFacts = (parts: ReactionParts): ConsumerDefinition => ({
  durable,
  stream: 'EVENT',
  filterSubject: 'farutech.event.catalog.>',
  concurrency: 4,
  handlers: [
    on(productChanged, (data, delivery) => recordProduct(parts, messageCause(durable, delivery), data)),
    on(featureAdded, (data, delivery) => recordFeature(parts, messageCause(durable, delivery), data)),
    on(featureChanged, (data, delivery) => recordFeatureChange(parts, messageCause(durable, delivery), data)),
    on(featureRetired, (data, delivery) =>
      recordFeatureRetirement(parts, messageCause(durable, delivery), data),
    ),
    on(planPublished, (data, delivery) => recordPlan(parts, messageCause(durable, delivery), data)),
    on(planRetired, (data, delivery) => recordPlanRetirement(parts, messageCause(durable, delivery), data)),
  ],
});
