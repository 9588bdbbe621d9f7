import { planSubscriptionActivated, planSubscriptionChanged } from '@farutech/contracts/subscription';
import { type ConsumerDefinition, on } from '@farutech/messaging/consume';
import { type ActivateSubscriptionParts, activateSubscription } from '../use-cases/activate-subscription.ts';
import { keepPlan } from '../use-cases/keep-plan.ts';
import { messageCause } from './message-cause.ts';

const durable = 'tenancy-subscription';

/** Lo que el subgrafo de suscripción cuenta de la suscripción de una instancia. */
export const subscriptionConsumer = (parts: ActivateSubscriptionParts): ConsumerDefinition => ({
  durable,
  stream: 'EVENT',
  filterSubject: 'farutech.event.subscription.>',
  concurrency: 8,
  handlers: [
    on(planSubscriptionActivated, (fact, delivery) =>
      activateSubscription(parts, messageCause(durable, delivery), fact),
    ),
    on(planSubscriptionChanged, (fact, delivery) => keepPlan(parts, messageCause(durable, delivery), fact)),
  ],
});
