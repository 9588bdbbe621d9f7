import { notFound } from '@farutech/kernel/errors';
import { parseUuid } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import type { DeadLetter } from '../domain/dead-letter.ts';
import { parseReason } from '../domain/reason.ts';
import type { DeadLetterParts } from './replay-dead-letter.ts';

/** Se deja como está, y consta por qué. Lo que llevaba dentro no se borra. */
export async function discardDeadLetter(
  { unitOfWork, clock }: DeadLetterParts,
  cause: Cause,
  input: { readonly id: string; readonly reason: string },
): Promise<DeadLetter> {
  const id = parseUuid(input.id, 'id');
  const reason = parseReason(input.reason);
  return await unitOfWork.change(cause, async (stores) => {
    const letter = await stores.deadLetters.lock(id);
    if (letter === null) throw notFound('id');
    letter.discard(reason, clock());
    await stores.deadLetters.save(letter);
    return {
      result: letter,
      events: [],
      audit: {
        action: 'discardDeadLetter',
        entityType: 'DeadLetter',
        entityId: id,
        outcome: 'ACCEPTED',
        detail: { reason, worker: letter.data().worker },
      },
    };
  });
}
