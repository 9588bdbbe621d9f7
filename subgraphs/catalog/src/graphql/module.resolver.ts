import { notFound } from '@farutech/kernel/errors';
import { isUuid } from '@farutech/kernel/ids';
import { Authorise } from '@farutech/subgraph/authorise';
import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { parseModuleCode } from '../domain/catalog-code.ts';
import { parseName } from '../domain/catalog-text.ts';
import { addModule } from '../use-cases/add-module.ts';
import type { ChangeParts } from '../use-cases/change-parts.ts';
import { type CatalogContext, causeOf, forgetLoaded } from './context.ts';
import { Feature, Module, Product } from './product.type.ts';
import { AddModuleInput } from './product-input.type.ts';

export function moduleResolver(parts: ChangeParts) {
  @Resolver(() => Module)
  class ModuleResolver {
    @Authorise('PLATFORM_ADMIN')
    @Mutation(() => Module, {
      description:
        'Adds a module without features to a product. MODULE_CODE_TAKEN, field `code`, when the product has one with that code; NOT_FOUND, field `productId`, for an unknown product.',
    })
    async addModule(
      @Arg('input', () => AddModuleInput, {
        description: 'The module: `{ productId: "0198a4c2-…", code: "CLINICAL", name: "Historia clínica" }`.',
      })
      input: AddModuleInput,
      @Ctx() context: CatalogContext,
    ): Promise<Module> {
      if (!isUuid(input.productId)) throw notFound('productId');
      const module = await addModule(parts, causeOf(context), {
        productId: input.productId.toLowerCase(),
        code: parseModuleCode(input.code, 'code'),
        name: parseName(input.name, 'name'),
      });
      forgetLoaded(context);
      return module;
    }

    @FieldResolver(() => Product, { description: 'The one that it is part of.' })
    product(@Root() { productId }: Module, @Ctx() { loaders }: CatalogContext): Promise<Product | null> {
      return loaders.product.load(productId);
    }

    @FieldResolver(() => [Feature], {
      description: 'In the order in which they were added, retired ones too.',
    })
    features(@Root() { id }: Module, @Ctx() { loaders }: CatalogContext): Promise<readonly Feature[]> {
      return loaders.featuresOfModule.load(id);
    }
  }
  return ModuleResolver;
}
