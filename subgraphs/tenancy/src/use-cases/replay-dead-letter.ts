import type { OutgoingEvent } from '@farutech/contracts/contract';
import { tellAsItWas } from '@farutech/contracts/dead-letter';
import type { Clock } from '@farutech/kernel/clock';
import { DomainError, notFound } from '@farutech/kernel/errors';
import { parseUuid } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import type { DeadLetter } from '../domain/dead-letter.ts';
import type { Stores, UnitOfWork } from '../domain/ports.ts';
import { deadOrderIn } from './dead-order.ts';
import { retryIn } from './retry-operation.ts';

export interface DeadLetterParts {
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
}

/** El argumento de esta mutación es la carta, y no la operación. */
function asRefusalOfLetter(error: unknown): unknown {
  return error instanceof DomainError ? new DomainError(error.code, error.message, 'id') : error;
}

interface Resent {
  readonly events: readonly OutgoingEvent[];
  readonly operationId?: string;
}

/**
 * La orden de una operación no sale como era: se reintenta la operación, que puede haber cambiado desde entonces. Lo
 * demás sale igual, a todos los que escuchan ese asunto: quien ya lo tuvo lo reconoce por su versión o su estado.
 */
async function resend(stores: Stores, letter: DeadLetter, messageId: string, at: Date): Promise<Resent> {
  const data = letter.data();
  const order = deadOrderIn(data);
  if (order === null) return { events: [tellAsItWas(data, letter.message, messageId)] };
  try {
    const { operation, events } = await retryIn(stores, order.operationId, at, messageId);
    const { correlationId } = operation.data();
    return { events: events.map((event) => ({ ...event, correlationId })), operationId: operation.id };
  } catch (error) {
    throw asRefusalOfLetter(error);
  }
}

/** Vuelve a enviar lo que se dio por perdido, una vez por muchas que se pida mientras no vuelva. */
export async function replayDeadLetter(
  { unitOfWork, clock }: DeadLetterParts,
  cause: Cause,
  rawId: string,
): Promise<DeadLetter> {
  const id = parseUuid(rawId, 'id');
  return await unitOfWork.change(cause, async (stores) => {
    const letter = await stores.deadLetters.lock(id);
    if (letter === null) throw notFound('id');
    const at = clock();
    const messageId = letter.replay(at);
    if (messageId === null) return { result: letter, events: [], audit: null };
    const { events, operationId } = await resend(stores, letter, messageId, at);
    await stores.deadLetters.save(letter);
    return {
      result: letter,
      events,
      audit: {
        action: 'replayDeadLetter',
        entityType: 'DeadLetter',
        entityId: id,
        outcome: 'ACCEPTED',
        detail: {
          messageId,
          worker: letter.data().worker,
          ...(operationId !== undefined && { operationId }),
        },
      },
    };
  });
}
