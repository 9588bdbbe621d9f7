import { z } from 'zod';
import { fact, instant, uuid } from './contract.ts';

const code = z.string().regex(/^[A-Z][A-Z0-9_]*$/);
/** Un decimal exacto, como texto: "49.90". */
const decimal = z.string().regex(/^\d+(\.\d+)?$/);

export const productChanged = fact('catalog', {
  name: 'ProductChanged',
  version: 1,
  schema: z.object({
    productId: uuid,
    code,
    name: z.string(),
    description: z.string(),
    version: z.string(),
    /** Grows with each change of the product: a projection ignores older ones. */
    revision: z.int().positive(),
  }),
  aggregateId: (data) => data.productId,
});

export const moduleAdded = fact('catalog', {
  name: 'ModuleAdded',
  version: 1,
  schema: z.object({ moduleId: uuid, productId: uuid, code, name: z.string(), addedAt: instant }),
  aggregateId: (data) => data.productId,
});

export const featureAdded = fact('catalog', {
  name: 'FeatureAdded',
  version: 1,
  schema: z.object({
    featureId: uuid,
    productId: uuid,
    moduleId: uuid,
    code,
    name: z.string(),
    isPremium: z.boolean(),
    addedAt: instant,
  }),
  aggregateId: (data) => data.productId,
});

/** Another name, another module, premium or no longer: how the feature stands since that revision. */
export const featureChanged = fact('catalog', {
  name: 'FeatureChanged',
  version: 1,
  schema: z.object({
    featureId: uuid,
    productId: uuid,
    moduleId: uuid,
    code,
    name: z.string(),
    isPremium: z.boolean(),
    /** Of the product. A feature never has two facts under one revision: a projection ignores older ones. */
    revision: z.int().positive(),
  }),
  aggregateId: (data) => data.productId,
});

export const featureRetired = fact('catalog', {
  name: 'FeatureRetired',
  version: 1,
  schema: z.object({ featureId: uuid, productId: uuid, code, retiredAt: instant }),
  aggregateId: (data) => data.productId,
});

const publishedPlan = z.object({
  planId: uuid,
  productId: uuid,
  productCode: code,
  code,
  version: z.int().positive(),
  name: z.string(),
  type: z.enum(['STANDARD', 'PROFESSIONAL', 'ENTERPRISE']),
  price: decimal,
  currency: z.string().length(3),
  interval: z.enum(['MONTH', 'YEAR']),
  includedFeatures: z.array(code),
  maxUsers: z.int().positive(),
  publishedAt: instant,
  retiredAt: instant.nullable(),
});
export type PublishedPlan = z.output<typeof publishedPlan>;

export const planPublished = fact('catalog', {
  name: 'PlanPublished',
  version: 1,
  schema: publishedPlan,
  aggregateId: (data) => data.productId,
});

export const planRetired = fact('catalog', {
  name: 'PlanRetired',
  version: 1,
  schema: z.object({ code, productId: uuid, retiredAt: instant }),
  aggregateId: (data) => data.productId,
});

/**
 * Asked of catalog by request-reply for a plan code that a projection does not know yet.
 * The answer is its newest version, or null when no such plan exists.
 */
export const planLookup = {
  subject: 'farutech.ask.catalog.plan',
  request: z.object({ planCode: z.string() }),
  reply: z.object({ plan: publishedPlan.nullable(), productCodes: z.array(code) }),
} as const;
