import { invalid } from '@farutech/kernel/errors';
import { Authorise, everybody } from '@farutech/subgraph/authorise';
import { type Connection, parsePage, toConnection } from '@farutech/subgraph/connection';
import { Json } from '@farutech/subgraph/scalars';
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { CatalogQueries } from '../persistence/queries/catalog-queries.ts';
import { type ApplyProductManifestParts, applyProductManifest } from '../use-cases/apply-product-manifest.ts';
import { type CatalogContext, causeOf, forgetLoaded } from './context.ts';
import { ManifestResult } from './manifest.type.ts';
import { parseManifest } from './parse-manifest.ts';
import { Plan } from './plan.type.ts';
import { Feature, Module, Product, ProductConnection } from './product.type.ts';

export interface ProductResolverParts extends ApplyProductManifestParts {
  readonly queries: CatalogQueries;
}

export function productResolver(parts: ProductResolverParts) {
  @Resolver(() => Product)
  class ProductResolver {
    @Authorise(...everybody)
    @Query(() => ProductConnection, { description: 'All products, newest first.' })
    async products(
      @Arg('first', () => Int, { nullable: true, defaultValue: 50, description: '1 to 100.' })
      first: number | null,
      @Arg('after', () => String, { nullable: true, description: 'An `endCursor`.' })
      after: string | null | undefined,
    ): Promise<Connection<Product>> {
      const page = parsePage({ first, ...(after != null && { after }) });
      const rows = await parts.queries.listProducts(page);
      return toConnection(
        rows,
        page,
        ({ createdAt, id }) => ({ createdAt, id }),
        parts.queries.countProducts,
      );
    }

    @Authorise(...everybody)
    @Query(() => Product, {
      nullable: true,
      description: 'By id or by code; with both, the one that has both.',
    })
    async product(
      @Arg('id', () => ID, { nullable: true, description: 'UUIDv7.' }) id: string | null | undefined,
      @Arg('code', () => String, { nullable: true, description: '"FARUTECH_VET"' })
      code: string | null | undefined,
    ): Promise<Product | null> {
      if (id == null && code == null) throw invalid('id', 'Give the id or the code of the product.');
      return await parts.queries.findProduct({ ...(id != null && { id }), ...(code != null && { code }) });
    }

    @Authorise('PLATFORM_ADMIN')
    @Mutation(() => ManifestResult, {
      description:
        'A whole product in one document (the same as a file under products/). Applying it twice changes nothing; dryRun lists what would change. A feature or plan that is left out is retired; a module may be left out only without live features.',
    })
    async applyProductManifest(
      @Arg('manifest', () => Json, {
        description:
          '`{ code, name, description?, version?, modules: [{ code, name, features: [{ code, name, description?, isPremium? }] }], plans: [{ code, name, type, price, currency?, interval?, includedFeatures, maxUsers }] }`. An error names its place: `manifest.modules[0].code`.',
      })
      manifest: unknown,
      @Arg('dryRun', () => Boolean, {
        nullable: true,
        defaultValue: false,
        description: 'Say what would change, and change nothing.',
      })
      dryRun: boolean | null,
      @Ctx() context: CatalogContext,
    ): Promise<ManifestResult> {
      const input = { manifest: parseManifest(manifest), dryRun: dryRun ?? false };
      const { id, changes, applied } = await applyProductManifest(parts, causeOf(context), input);
      forgetLoaded(context);
      return { product: await context.loaders.product.load(id), changes, applied };
    }

    @FieldResolver(() => [Module], { description: 'In the order in which they were added.' })
    modules(@Root() product: Product, @Ctx() { loaders }: CatalogContext): Promise<readonly Module[]> {
      return loaders.modulesOfProduct.load(product.id);
    }

    @FieldResolver(() => [Feature], { description: 'Of all its modules, retired ones too.' })
    features(@Root() product: Product, @Ctx() { loaders }: CatalogContext): Promise<readonly Feature[]> {
      return loaders.featuresOfProduct.load(product.id);
    }

    @FieldResolver(() => [Plan], { description: 'The newest version of each, retired ones too.' })
    plans(@Root() product: Product, @Ctx() { loaders }: CatalogContext): Promise<readonly Plan[]> {
      return loaders.plansOfProduct.load(product.id);
    }
  }
  return ProductResolver;
}
