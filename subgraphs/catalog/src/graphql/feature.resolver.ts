import { notFound } from '@farutech/kernel/errors';
import { isUuid } from '@farutech/kernel/ids';
import { Authorise } from '@farutech/subgraph/authorise';
import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import { parseFeatureCode } from '../domain/catalog-code.ts';
import { parseDescription, parseName } from '../domain/catalog-text.ts';
import { addFeature } from '../use-cases/add-feature.ts';
import type { ChangeParts } from '../use-cases/change-parts.ts';
import { retireFeature } from '../use-cases/retire-feature.ts';
import { type CatalogContext, causeOf, forgetLoaded } from './context.ts';
import { Feature, Module } from './product.type.ts';
import { AddFeatureInput } from './product-input.type.ts';

export function featureResolver(parts: ChangeParts) {
  @Resolver(() => Feature)
  class FeatureResolver {
    @Authorise('PLATFORM_ADMIN')
    @Mutation(() => Feature, {
      description:
        'Adds a feature to a module. It is off everywhere until a plan version that includes it is published, or an override turns it on. FEATURE_CODE_TAKEN, field `code`, when the product has one with that code in any module, retired or not; NOT_FOUND, field `moduleId`, for an unknown module.',
    })
    async addFeature(
      @Arg('input', () => AddFeatureInput, {
        description:
          'The feature: `{ moduleId: "0198a4c2-…", code: "BATCH_CONTROL", name: "Control de lotes" }`.',
      })
      input: AddFeatureInput,
      @Ctx() context: CatalogContext,
    ): Promise<Feature> {
      if (!isUuid(input.moduleId)) throw notFound('moduleId');
      const feature = await addFeature(parts, causeOf(context), {
        moduleId: input.moduleId.toLowerCase(),
        code: parseFeatureCode(input.code, 'code'),
        name: parseName(input.name, 'name'),
        description: parseDescription(input.description ?? '', 'description'),
        isPremium: input.isPremium ?? false,
      });
      forgetLoaded(context);
      return feature;
    }

    @Authorise('PLATFORM_ADMIN')
    @Mutation(() => Feature, {
      description:
        'Retires a feature for good. Plans on sale may hold it: they stay as they were published, and every instance has it off, cause FEATURE_RETIRED, within seconds; a new plan version may not include it (FEATURE_RETIRED). Retiring it again changes nothing. NOT_FOUND, field `featureId`, for an unknown feature.',
    })
    async retireFeature(
      @Arg('featureId', () => ID, { description: 'UUIDv7: "0198a4c2-7c1e-7b3a-9d52-4f0e6a1b2c3d".' })
      featureId: string,
      @Ctx() context: CatalogContext,
    ): Promise<Feature> {
      if (!isUuid(featureId)) throw notFound('featureId');
      const feature = await retireFeature(parts, causeOf(context), { featureId: featureId.toLowerCase() });
      forgetLoaded(context);
      return feature;
    }

    @FieldResolver(() => Module, { description: 'The one that it stands in.' })
    module(@Root() { moduleId }: Feature, @Ctx() { loaders }: CatalogContext): Promise<Module | null> {
      return loaders.module.load(moduleId);
    }
  }
  return FeatureResolver;
}
