import { causeOf, type Delivery } from '@farutech/messaging/consume';
import type { MessageCause } from '../domain/ports.ts';

/** La causa de un cambio que hizo un mensaje, con el mensaje que se marca como procesado. */
export const messageCause = (consumer: string, delivery: Delivery): MessageCause => ({
  ...causeOf(consumer, delivery),
  messageId: delivery.messageId,
});
