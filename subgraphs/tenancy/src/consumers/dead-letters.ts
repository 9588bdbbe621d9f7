import { messageDeadLettered } from '@farutech/contracts/dead-letter';
import { type ConsumerDefinition, on } from '@farutech/messaging/consume';
import { type KeepDeadLetterParts, keepDeadLetter } from '../use-cases/keep-dead-letter.ts';
import { messageCause } from './message-cause.ts';

const durable = 'tenancy-dead-letters';

/** Cada mensaje que algún consumidor dio por perdido, de cualquier servicio. */
export const deadLettersConsumer = (parts: KeepDeadLetterParts): ConsumerDefinition => ({
  durable,
  stream: 'DLQ',
  filterSubject: 'farutech.dlq.>',
  concurrency: 4,
  handlers: [
    on(messageDeadLettered, (letter, delivery) =>
      keepDeadLetter(parts, messageCause(durable, delivery), letter),
    ),
  ],
});
