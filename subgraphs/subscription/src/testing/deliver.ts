import type { OutgoingEvent } from '@farutech/contracts/contract';
import { OutOfOrderError } from '@farutech/kernel/errors';
import { catalogFacts } from '../consumers/catalog-facts.ts';
import { statusFacts } from '../consumers/status-facts.ts';
import { tenancyFacts } from '../consumers/tenancy-facts.ts';
import type { ReactionParts } from '../use-cases/reaction-parts.ts';
import { id, start } from './facts.ts';

export interface Message {
  readonly messageId: string;
  readonly event: OutgoingEvent;
}

/** Lo pasa por el consumidor al que iría su asunto, como si acabara de llegar. */
export async function deliver(parts: ReactionParts, { messageId, event }: Message): Promise<void> {
  const subject = event.contract.subject(event.data);
  const consumer = [catalogFacts, tenancyFacts, statusFacts]
    .map((facts) => facts(parts))
    .find(({ filterSubject }) => subject.startsWith(filterSubject.slice(0, -1)));
  const handler = consumer?.handlers.find(
    ({ name, version }) => name === event.contract.name && version === event.contract.version,
  );
  if (handler === undefined) throw new TypeError(`nadie escucha ${subject}`);
  await handler.handle(event.data, {
    messageId,
    correlationId: id('7', 1),
    attempt: 1,
    occurredAt: start,
    lastAttempt: false,
  });
}

/** Los entrega en ese orden; el que llega antes de tiempo vuelve a la cola, como hace `consume()`. */
export async function deliverAll(parts: ReactionParts, messages: readonly Message[]): Promise<void> {
  let waiting = [...messages];
  while (waiting.length > 0) {
    const early: Message[] = [];
    for (const message of waiting) {
      try {
        await deliver(parts, message);
      } catch (error) {
        if (!(error instanceof OutOfOrderError)) throw error;
        early.push(message);
      }
    }
    if (early.length === waiting.length) {
      throw new TypeError(
        `esperan para siempre: ${early.map(({ event }) => event.contract.name).join(', ')}`,
      );
    }
    waiting = early;
  }
}
