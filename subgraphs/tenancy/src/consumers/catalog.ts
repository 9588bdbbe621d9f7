import { planPublished, planRetired, productChanged } from '@farutech/contracts/catalog';
import { type ConsumerDefinition, on } from '@farutech/messaging/consume';
import { type KeepCatalogParts, keepPlan, keepProduct, retirePlan } from '../use-cases/keep-catalog.ts';
import { messageCause } from './message-cause.ts';

const durable = 'tenancy-catalog';

/** Mantiene la proyección de planes y productos, con la que una mutación se valida sin preguntar a nadie. */
export const catalogConsumer = (parts: KeepCatalogParts): ConsumerDefinition => ({
  durable,
  stream: 'EVENT',
  filterSubject: 'farutech.event.catalog.>',
  concurrency: 4,
  handlers: [
    on(productChanged, (product, delivery) => keepProduct(parts, messageCause(durable, delivery), product)),
    on(planPublished, (plan, delivery) => keepPlan(parts, messageCause(durable, delivery), plan)),
    on(planRetired, (plan, delivery) => retirePlan(parts, messageCause(durable, delivery), plan)),
  ],
});
