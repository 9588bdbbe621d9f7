import type { Clock } from '@farutech/kernel/clock';
import type { NewId } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import type { Reaction } from '../domain/ports.ts';

export interface ReactionParts {
  readonly react: Reaction;
  readonly newId: NewId;
  readonly clock: Clock;
}

/** La causa de un efecto que solo puede pasar una vez por mensaje. */
export type MessageCause = Cause & { readonly messageId: string };
