import { tenantInstanceProvisioned } from '@farutech/contracts/provisioning';
import { tenantInstanceStatusChanged } from '@farutech/contracts/tenancy';
import { type ConsumerDefinition, on } from '@farutech/messaging/consume';
import { activatePlanSubscription } from '../use-cases/activate-plan-subscription.ts';
import type { ReactionParts } from '../use-cases/reaction-parts.ts';
import { recordInstanceStatus } from '../use-cases/record-instance-status.ts';
import { messageCause } from './message-cause.ts';

const durable = 'subscription-status';

/** Cómo va cada instancia. */
export const statusFacts = (parts: ReactionParts): ConsumerDefinition => ({
  durable,
  stream: 'STATUS',
  filterSubject: 'farutech.status.>',
  concurrency: 4,
  handlers: [
    on(tenantInstanceProvisioned, (data, delivery) =>
      activatePlanSubscription(parts, messageCause(durable, delivery), data),
    ),
    on(tenantInstanceStatusChanged, (data, delivery) =>
      recordInstanceStatus(parts, messageCause(durable, delivery), data),
    ),
  ],
});
