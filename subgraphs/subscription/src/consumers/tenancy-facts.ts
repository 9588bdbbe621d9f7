import { customerChanged, customerRegistered, tenantInstanceRequested } from '@farutech/contracts/tenancy';
import { type ConsumerDefinition, on } from '@farutech/messaging/consume';
import { openPlanSubscription } from '../use-cases/open-plan-subscription.ts';
import type { ReactionParts } from '../use-cases/reaction-parts.ts';
import { recordCustomer } from '../use-cases/record-customer.ts';
import { messageCause } from './message-cause.ts';

const durable = 'subscription-tenancy';

/** Para quién corre: clientes e instancias pedidas. */
export const tenancyFacts = (parts: ReactionParts): ConsumerDefinition => ({
  durable,
  stream: 'EVENT',
  filterSubject: 'farutech.event.tenancy.>',
  concurrency: 4,
  handlers: [
    on(customerRegistered, (data, delivery) => recordCustomer(parts, messageCause(durable, delivery), data)),
    on(customerChanged, (data, delivery) => recordCustomer(parts, messageCause(durable, delivery), data)),
    on(tenantInstanceRequested, (data, delivery) =>
      openPlanSubscription(parts, messageCause(durable, delivery), data),
    ),
  ],
});
