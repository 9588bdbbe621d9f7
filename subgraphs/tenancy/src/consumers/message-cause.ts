import type { Cause } from '@farutech/kernel/request';
import { causeOf, type Delivery } from '@farutech/messaging/consume';

/** La causa de un cambio que hizo un mensaje, con el mensaje que se marca como procesado. */
export const messageCause = (
  consumer: string,
  delivery: Delivery,
): Cause & { readonly messageId: string } => ({
  ...causeOf(consumer, delivery),
  messageId: delivery.messageId,
});
