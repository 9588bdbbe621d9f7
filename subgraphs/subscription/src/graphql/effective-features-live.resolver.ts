import { notFound } from '@farutech/kernel/errors';
import { parseUuid } from '@farutech/kernel/ids';
import { Authorise, everybody } from '@farutech/subgraph/authorise';
import { liveIterator } from '@farutech/subgraph/live';
import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import { type Entitlement, nothingKnown } from '../domain/entitlement.ts';
import { parseAnswerCursor } from './answer-cursor.ts';
import type { SubscriptionContext } from './context.ts';
import { EffectiveFeatures } from './effective-features.type.ts';
import { toEffectiveFeatures } from './effective-features.view.ts';

interface Subscribing {
  readonly args: { readonly instanceId: string; readonly after?: string | null };
  readonly context: SubscriptionContext;
}

interface Reading {
  frames(
    after: string | null,
    signal: AbortSignal,
  ): AsyncGenerator<{ readonly value: { readonly entitlement: Entitlement } | undefined; readonly at: Date }>;
}

/** Lo que cada instancia puede usar, en vivo. */
export interface AnswerReadings {
  open(instanceId: string): Promise<Reading>;
}

export function effectiveFeaturesLive(answers: AnswerReadings) {
  async function open({ args, context }: Subscribing): Promise<AsyncGenerator<EffectiveFeatures>> {
    const { loaders, reach, viewer, digest } = context;
    const id = parseUuid(args.instanceId, 'instanceId');
    const after = args.after == null ? null : parseAnswerCursor(args.after);
    const isOwn = reach.kind === 'instances' && reach.instanceIds.includes(id);
    if ((await loaders.entitlements.load(id)) === null && !isOwn) throw notFound('instanceId');
    const reading = await answers.open(id);
    return liveIterator(async function* (signal) {
      for await (const { value, at } of reading.frames(after, signal)) {
        yield toEffectiveFeatures(
          id,
          { entitlement: value?.entitlement ?? nothingKnown, at },
          viewer,
          digest,
        );
      }
    });
  }

  @Resolver(() => EffectiveFeatures)
  class EffectiveFeaturesLiveResolver {
    @Authorise(...everybody)
    @Subscription(() => EffectiveFeatures, {
      subscribe: open as never,
      description:
        'A state: the first frame is the answer now; then each new answer, also when time alone changes it. A new `nextChangeAt`, or another answer that will follow by itself, counts as new. With `after` the first frame comes when the answer is no longer that one. A slow reader gets the latest.',
    })
    effectiveFeaturesChanged(
      @Root() answer: EffectiveFeatures,
      @Arg('instanceId', () => ID, {
        description:
          'Id of a TenantInstance. NOT_FOUND when it is not yours to see; a child application may listen before its instance is known.',
      })
      _instanceId: string,
      @Arg('after', () => String, {
        nullable: true,
        description: '`cursor` of the last answer that you have.',
      })
      _after: string | null,
    ): EffectiveFeatures {
      return answer;
    }
  }
  return EffectiveFeaturesLiveResolver;
}
