import { causeOf, type Delivery } from '@farutech/messaging/consume';
import type { MessageCause } from '../use-cases/reaction-parts.ts';

export const messageCause = (durable: string, delivery: Delivery): MessageCause => ({
  ...causeOf(durable, delivery),
  messageId: delivery.messageId,
});
