import { notFound } from '@farutech/kernel/errors';
import { Authorise } from '@farutech/subgraph/authorise';
import { type Connection, parsePage, toConnection } from '@farutech/subgraph/connection';
import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import type { DeadLetterView } from '../persistence/queries/dead-letter-queries.ts';
import { discardDeadLetter } from '../use-cases/discard-dead-letter.ts';
import { type DeadLetterParts, replayDeadLetter } from '../use-cases/replay-dead-letter.ts';
import { causeOf, type TenancyContext } from './context.ts';
import { DeadLetter, DeadLetterConnection } from './dead-letter.type.ts';
import { afterOptions, firstOptions } from './page-arguments.ts';

const letterId = { description: 'Id of a DeadLetter; NOT_FOUND when there is none.' } as const;

async function reread(context: TenancyContext, id: string): Promise<DeadLetterView> {
  const letter = await context.renewReads().deadLetter(id);
  if (letter === null) throw notFound('id');
  return letter;
}

export function deadLetterResolver(parts: DeadLetterParts) {
  @Resolver(() => DeadLetter)
  class DeadLetterResolver {
    @Authorise('PLATFORM_ADMIN', 'SUPPORT')
    @Query(() => DeadLetterConnection, {
      description: 'The messages that were given up, replayed and discarded ones too, newest first.',
    })
    async deadLetters(
      @Arg('first', () => Int, firstOptions(50)) first: number | null,
      @Arg('after', () => String, afterOptions) after: string | null,
      @Arg('worker', () => String, {
        nullable: true,
        description: 'Only those of this consumer: "provisioning".',
      })
      worker: string | null,
      @Ctx() { reads }: TenancyContext,
    ): Promise<Connection<DeadLetterView>> {
      const page = parsePage({ first: first ?? 50, after });
      const rows = await reads.deadLetters(page, worker ?? null);
      const cursorOf = ({ receivedAt: createdAt, id }: DeadLetterView) => ({ createdAt, id });
      return toConnection(rows, page, cursorOf, () => reads.countDeadLetters(worker ?? null));
    }

    @Authorise('PLATFORM_ADMIN', 'SUPPORT')
    @Query(() => DeadLetter, { nullable: true, description: 'Null where there is none.' })
    deadLetter(
      @Arg('id', () => ID, { description: 'Id of a DeadLetter.' }) id: string,
      @Ctx() { reads }: TenancyContext,
    ): Promise<DeadLetterView | null> {
      return reads.deadLetter(id);
    }

    @Authorise('PLATFORM_ADMIN')
    @Mutation(() => DeadLetter, {
      description:
        'Sends the message again. The order of an operation retries the operation: OPERATION_IN_PROGRESS while it, or another of its instance, is under way. Asked again within ten minutes nothing more is sent, unless the replay was given up, too. ILLEGAL_TRANSITION when it was discarded, cannot be read, or its operation cannot be retried.',
    })
    async replayDeadLetter(
      @Arg('id', () => ID, letterId) id: string,
      @Ctx() context: TenancyContext,
    ): Promise<DeadLetterView> {
      const letter = await replayDeadLetter(parts, causeOf(context), id);
      return await reread(context, letter.id);
    }

    @Authorise('PLATFORM_ADMIN')
    @Mutation(() => DeadLetter, {
      description:
        'Leaves the message as it is, for good; it stays in the list. ILLEGAL_TRANSITION when it was discarded before.',
    })
    async discardDeadLetter(
      @Arg('id', () => ID, letterId) id: string,
      @Arg('reason', () => String, { description: 'Why, for the audit: 1–500 characters.' }) reason: string,
      @Ctx() context: TenancyContext,
    ): Promise<DeadLetterView> {
      const letter = await discardDeadLetter(parts, causeOf(context), { id, reason });
      return await reread(context, letter.id);
    }
  }
  return DeadLetterResolver;
}
