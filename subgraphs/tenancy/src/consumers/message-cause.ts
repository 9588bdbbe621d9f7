import type { Cause } from '@farutech/kernel/request';
import { causeOf, type Delivery } from '@farutech/messaging/consume';

/** The cause of a change that a message made, with the message that is marked as processed. */
export const messageCause = (
  consumer: string,
  delivery: Delivery,
): Cause & { readonly messageId: string } => ({
  ...causeOf(consumer, delivery),
  messageId: delivery.messageId,
});
