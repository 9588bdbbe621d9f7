import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { CatalogContext } from './context.ts';
import { Feature, Module, Product } from './product.type.ts';

@Resolver(() => Module)
export class ModuleResolver {
  @FieldResolver(() => Product, { description: 'The one that it is part of.' })
  product(@Root() { productId }: Module, @Ctx() { loaders }: CatalogContext): Promise<Product | null> {
    return loaders.product.load(productId);
  }

  @FieldResolver(() => [Feature], { description: 'Retired ones too.' })
  features(@Root() { id }: Module, @Ctx() { loaders }: CatalogContext): Promise<readonly Feature[]> {
    return loaders.featuresOfModule.load(id);
  }
}

@Resolver(() => Feature)
export class FeatureResolver {
  @FieldResolver(() => Module, { description: 'The one that it stands in.' })
  module(@Root() { moduleId }: Feature, @Ctx() { loaders }: CatalogContext): Promise<Module | null> {
    return loaders.module.load(moduleId);
  }
}
