import { buildFederatedSchema, type FederatedSchema } from '@farutech/subgraph/build-schema';
import type { CatalogContext } from './context.ts';
import { featureResolver } from './feature.resolver.ts';
import { moduleResolver } from './module.resolver.ts';
import { type PlanResolverParts, planResolver } from './plan.resolver.ts';
import { Plan } from './plan.type.ts';
import { type ProductResolverParts, productResolver } from './product.resolver.ts';
import { Feature, Module, Product } from './product.type.ts';

export type CatalogSchemaParts = ProductResolverParts & PlanResolverParts;

export const buildCatalogSchema = (parts: CatalogSchemaParts): Promise<FederatedSchema> =>
  buildFederatedSchema<CatalogContext>(
    {
      resolvers: [productResolver(parts), moduleResolver(parts), featureResolver(parts), planResolver(parts)],
      orphanedTypes: [Product, Module, Feature, Plan],
    },
    {
      Product: { __resolveReference: ({ id }, { loaders }) => loaders.product.load(id) },
      Module: { __resolveReference: ({ id }, { loaders }) => loaders.module.load(id) },
      Feature: { __resolveReference: ({ id }, { loaders }) => loaders.feature.load(id) },
      Plan: { __resolveReference: ({ id }, { loaders }) => loaders.plan.load(id) },
    },
  );
