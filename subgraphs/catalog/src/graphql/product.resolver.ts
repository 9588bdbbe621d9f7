import { invalid, notFound } from '@farutech/kernel/errors';
import { isUuid } from '@farutech/kernel/ids';
import { Authorise, everybody } from '@farutech/subgraph/authorise';
import { type Connection, parsePage, toConnection } from '@farutech/subgraph/connection';
import { Json } from '@farutech/subgraph/scalars';
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { parseProductCode } from '../domain/catalog-code.ts';
import { parseDescription, parseName, parseProductVersion } from '../domain/catalog-text.ts';
import type { CatalogQueries } from '../persistence/queries/catalog-queries.ts';
import { applyProductManifest } from '../use-cases/apply-product-manifest.ts';
import type { ChangeParts } from '../use-cases/change-parts.ts';
import { createProduct } from '../use-cases/create-product.ts';
import { type UpdateProductInput as ProductUpdate, updateProduct } from '../use-cases/update-product.ts';
import { type CatalogContext, causeOf, forgetLoaded } from './context.ts';
import { ManifestResult } from './manifest.type.ts';
import { parseManifest } from './parse-manifest.ts';
import { Plan } from './plan.type.ts';
import { Feature, Module, Product, ProductConnection } from './product.type.ts';
import { CreateProductInput, UpdateProductInput } from './product-input.type.ts';

export interface ProductResolverParts extends ChangeParts {
  readonly queries: CatalogQueries;
}

/** Un null explícito vale lo mismo que callar: ninguno de los tres textos se puede quitar. */
const parseTexts = ({ name, description, version }: UpdateProductInput): ProductUpdate['texts'] => ({
  ...(name != null && { name: parseName(name, 'name') }),
  ...(description != null && { description: parseDescription(description, 'description') }),
  ...(version != null && { version: parseProductVersion(version, 'version') }),
});

export function productResolver(parts: ProductResolverParts) {
  @Resolver(() => Product)
  class ProductResolver {
    @Authorise(...everybody)
    @Query(() => ProductConnection, { description: 'All products, newest first.' })
    async products(
      @Arg('first', () => Int, { nullable: true, defaultValue: 50, description: 'How many, 1 to 100: 50.' })
      first: number | null,
      @Arg('after', () => String, { nullable: true, description: 'An `endCursor`: what comes after it.' })
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
      @Arg('id', () => ID, { nullable: true, description: 'UUIDv7: "0198a4c2-7c1e-7b3a-9d52-4f0e6a1b2c3d".' })
      id: string | null | undefined,
      @Arg('code', () => String, { nullable: true, description: '"FARUTECH_VET"' })
      code: string | null | undefined,
    ): Promise<Product | null> {
      if (id == null && code == null) throw invalid('id', 'Give the id or the code of the product.');
      return await parts.queries.findProduct({ ...(id != null && { id }), ...(code != null && { code }) });
    }

    @Authorise('PLATFORM_ADMIN')
    @Mutation(() => Product, {
      description:
        'Puts an empty product into the catalog; modules, features and plans come after it. PRODUCT_CODE_TAKEN, field `code`, when there is one with that code.',
    })
    async createProduct(
      @Arg('input', () => CreateProductInput, {
        description: 'The product: `{ code: "FARUTECH_VET", name: "Farutech Vet" }`.',
      })
      input: CreateProductInput,
      @Ctx() context: CatalogContext,
    ): Promise<Product> {
      const product = await createProduct(parts, causeOf(context), {
        code: parseProductCode(input.code, 'code'),
        name: parseName(input.name, 'name'),
        description: parseDescription(input.description ?? '', 'description'),
        version: parseProductVersion(input.version ?? '1.0.0', 'version'),
      });
      forgetLoaded(context);
      return product;
    }

    @Authorise('PLATFORM_ADMIN')
    @Mutation(() => Product, {
      description:
        'Changes what a product says of itself; its code stays for good. What is left out stays as it is. NOT_FOUND, field `productId`, for an unknown product.',
    })
    async updateProduct(
      @Arg('input', () => UpdateProductInput, {
        description: 'What changes: `{ productId: "0198a4c2-…", version: "1.1.0" }`.',
      })
      input: UpdateProductInput,
      @Ctx() context: CatalogContext,
    ): Promise<Product> {
      if (!isUuid(input.productId)) throw notFound('productId');
      const texts = parseTexts(input);
      const productId = input.productId.toLowerCase();
      const product = await updateProduct(parts, causeOf(context), { productId, texts });
      forgetLoaded(context);
      return product;
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
        description: '`true`: say what would change, and change nothing.',
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
