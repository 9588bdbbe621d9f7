import { notFound } from '@farutech/kernel/errors';
import { parseUuid } from '@farutech/kernel/ids';
import { Authorise, everybody } from '@farutech/subgraph/authorise';
import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { nothingKnown } from '../domain/entitlement.ts';
import type { SubscriptionContext } from './context.ts';
import { EffectiveFeatures } from './effective-features.type.ts';
import { toEffectiveFeatures } from './effective-features.view.ts';

@Resolver(() => EffectiveFeatures)
export class EffectiveFeaturesResolver {
  @Authorise(...everybody)
  @Query(() => EffectiveFeatures, {
    description:
      'What an instance may use now, and why. NOT_FOUND for an instance that the viewer may not see; a child application that asks before its instance is known gets an answer with nothing on.',
  })
  async effectiveFeatures(
    @Arg('instanceId', () => ID, { description: 'Id of a TenantInstance.' }) instanceId: string,
    @Ctx() { loaders, reach, viewer, digest, parts }: SubscriptionContext,
  ): Promise<EffectiveFeatures> {
    const id = parseUuid(instanceId, 'instanceId');
    const found = await loaders.entitlements.load(id);
    // Su token nombra la instancia, así que existe aunque su hecho no haya llegado todavía.
    const isOwn = reach.kind === 'instances' && reach.instanceIds.includes(id);
    if (found === null && !isOwn) throw notFound('instanceId');
    return toEffectiveFeatures(id, found ?? { entitlement: nothingKnown, at: parts.clock() }, viewer, digest);
  }
}
