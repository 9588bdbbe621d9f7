import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { nothingKnown } from '../domain/entitlement.ts';
import type { SubscriptionContext } from './context.ts';
import { EffectiveFeatures } from './effective-features.type.ts';
import { toEffectiveFeatures } from './effective-features.view.ts';
import { PlanSubscription } from './plan-subscription.type.ts';
import { toPlanSubscription } from './plan-subscription.view.ts';
import { TenantInstance } from './stubs.type.ts';

/** Cada campo mira el alcance por su cuenta: un id ajeno y uno que no existe dan lo mismo, null. */
@Resolver(() => TenantInstance)
export class TenantInstanceResolver {
  @FieldResolver(() => PlanSubscription, {
    nullable: true,
    description: 'What the instance has bought; null for a moment after it was requested.',
  })
  async subscription(
    @Root() { id }: TenantInstance,
    @Ctx() { loaders }: SubscriptionContext,
  ): Promise<PlanSubscription | null> {
    const row = await loaders.subscriptionsOfInstances.load(id);
    return row && toPlanSubscription(row);
  }

  @FieldResolver(() => EffectiveFeatures, { nullable: true, description: 'What it may use now, and why.' })
  async effectiveFeatures(
    @Root() { id }: TenantInstance,
    @Ctx() { loaders, reach, viewer, digest, parts }: SubscriptionContext,
  ): Promise<EffectiveFeatures | null> {
    const found = await loaders.entitlements.load(id);
    if (found !== null) return toEffectiveFeatures(id, found, viewer, digest);
    // Recién pedida, su hecho aún viene de camino: nada encendido. A un cliente no se le puede decir eso de
    // cualquier id sin revelar cuáles existen.
    const mayAnswer =
      reach.kind === 'everything' || (reach.kind === 'instances' && reach.instanceIds.includes(id));
    if (!mayAnswer) return null;
    return toEffectiveFeatures(id, { entitlement: nothingKnown, at: parts.clock() }, viewer, digest);
  }
}
