import { invalid, notFound } from '@farutech/kernel/errors';
import { isUuid } from '@farutech/kernel/ids';
import { Authorise, everybody } from '@farutech/subgraph/authorise';
import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { isCatalogCode, parseFeatureCode, parsePlanCode } from '../domain/catalog-code.ts';
import { parseMaxUsers, parseName } from '../domain/catalog-text.ts';
import { parseCurrency } from '../domain/currency.ts';
import type { PlanOffer } from '../domain/plan.ts';
import { parsePrice } from '../domain/price.ts';
import type { CatalogQueries } from '../persistence/queries/catalog-queries.ts';
import type { ChangeParts } from '../use-cases/change-parts.ts';
import { publishPlan } from '../use-cases/publish-plan.ts';
import { retirePlan } from '../use-cases/retire-plan.ts';
import { type CatalogContext, causeOf, forgetLoaded } from './context.ts';
import { Plan, PublishPlanInput } from './plan.type.ts';
import { Feature, Product } from './product.type.ts';

export interface PlanResolverParts extends ChangeParts {
  readonly queries: CatalogQueries;
}

function parseOffer(input: PublishPlanInput): PlanOffer {
  const currency = parseCurrency(input.currency ?? 'USD', 'currency');
  return {
    code: parsePlanCode(input.code, 'code'),
    name: parseName(input.name, 'name'),
    type: input.type,
    price: parsePrice(input.price, currency, 'price'),
    currency,
    interval: input.interval ?? 'MONTH',
    maxUsers: parseMaxUsers(input.maxUsers, 'maxUsers'),
    includedFeatures: input.includedFeatures.map((code) => parseFeatureCode(code, 'includedFeatures')),
  };
}

export function planResolver(parts: PlanResolverParts) {
  const { queries } = parts;

  @Resolver(() => Plan)
  class PlanResolver {
    @Authorise(...everybody)
    @Query(() => [Plan], {
      description: 'The newest version of each plan of a product, by code. NOT_FOUND for an unknown product.',
    })
    async plans(
      @Arg('productCode', () => String, { description: '"FARUTECH_VET"' }) productCode: string,
      @Arg('includeRetired', () => Boolean, {
        nullable: true,
        defaultValue: false,
        description: '`true`: also those that are no longer sold.',
      })
      includeRetired: boolean | null,
    ): Promise<readonly Plan[]> {
      const product = await queries.findProduct({ code: productCode });
      if (product === null) throw notFound('productCode');
      const newest = await queries.newestPlans(product.id);
      return includeRetired === true ? newest : newest.filter(({ retiredAt }) => retiredAt === null);
    }

    @Authorise(...everybody)
    @Query(() => [Plan], {
      description: 'Every version of a plan, newest first. NOT_FOUND for an unknown code.',
    })
    async planVersions(
      @Arg('code', () => String, { description: '"VET_PROFESSIONAL"' }) code: string,
    ): Promise<readonly Plan[]> {
      const versions = await queries.planVersions(code);
      if (versions.length === 0) throw notFound('code');
      return versions;
    }

    @Authorise(...everybody)
    @Query(() => Plan, { nullable: true, description: 'One version of a plan; null when there is none.' })
    async plan(
      @Arg('code', () => String, { description: '"VET_PROFESSIONAL"' }) code: string,
      @Arg('version', () => Int, { nullable: true, description: 'From 1: 3. Without it, the newest.' })
      version: number | null | undefined,
    ): Promise<Plan | null> {
      if (version != null && version < 1) throw invalid('version', 'version must be a number from 1.');
      return await queries.findPlan(code, version ?? undefined);
    }

    @Authorise('PLATFORM_ADMIN')
    @Mutation(() => Plan, {
      description:
        'Publishes the next version of a plan. Subscriptions stay on the version that they have; a retired code is on sale again.',
    })
    async publishPlan(
      @Arg('input', () => PublishPlanInput, {
        description:
          'The whole offer: `{ productId: "0198a4c2-…", code: "VET_PROFESSIONAL", name: "Vet Profesional", type: PROFESSIONAL, price: "49.90", includedFeatures: ["DIGITAL_RECORDS"], maxUsers: 20 }`.',
      })
      input: PublishPlanInput,
      @Ctx() context: CatalogContext,
    ): Promise<Plan> {
      if (!isUuid(input.productId)) throw notFound('productId');
      const offer = parseOffer(input);
      const productId = input.productId.toLowerCase();
      const plan = await publishPlan(parts, causeOf(context), { productId, offer });
      forgetLoaded(context);
      return plan;
    }

    @Authorise('PLATFORM_ADMIN')
    @Mutation(() => Plan, {
      description:
        'Takes every version of a plan off sale and answers with the newest. What was sold goes on as it was; nothing new may be sold on it (PLAN_RETIRED). Retiring it again changes nothing; publishing the code again puts it back on sale. NOT_FOUND, field `code`, for an unknown code.',
    })
    async retirePlan(
      @Arg('code', () => String, { description: 'Of the plan: "VET_PROFESSIONAL".' }) code: string,
      @Ctx() context: CatalogContext,
    ): Promise<Plan> {
      if (!isCatalogCode(code)) throw notFound('code');
      const plan = await retirePlan(parts, causeOf(context), { code: parsePlanCode(code, 'code') });
      forgetLoaded(context);
      return plan;
    }

    @FieldResolver(() => Product, { description: 'The one that it offers.' })
    product(@Root() { productId }: Plan, @Ctx() { loaders }: CatalogContext): Promise<Product | null> {
      return loaders.product.load(productId);
    }

    @FieldResolver(() => [Feature], {
      description: 'By code. One that was retired later is still here: that is what was sold.',
    })
    includedFeatures(@Root() { id }: Plan, @Ctx() { loaders }: CatalogContext): Promise<readonly Feature[]> {
      return loaders.featuresOfPlan.load(id);
    }
  }
  return PlanResolver;
}
