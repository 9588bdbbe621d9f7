import { DomainError, invalid } from '@farutech/kernel/errors';
import { z } from 'zod';
import {
  parseFeatureCode,
  parseModuleCode,
  parsePlanCode,
  parseProductCode,
} from '../domain/catalog-code.ts';
import { parseDescription, parseMaxUsers, parseName, parseProductVersion } from '../domain/catalog-text.ts';
import { parseCurrency } from '../domain/currency.ts';
import { parsePrice } from '../domain/price.ts';
import type { ProductManifest } from '../domain/product-manifest.ts';
import { billingIntervals, planTypes } from './plan.type.ts';

type Report = Pick<z.core.$RefinementCtx, 'addIssue'>;

/** La regla es del dominio; zod pone el sitio. */
function attempt<T>(parse: () => T, context: Report, path: string[] = []): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    context.addIssue({ code: 'custom', message: error.message, path });
    return z.NEVER;
  }
}

const text = <T>(name: string, parse: (raw: string, field: string) => T) =>
  z.string().transform((raw, context) => attempt(() => parse(raw, name), context));

const feature = z.strictObject({
  code: text('code', parseFeatureCode),
  name: text('name', parseName),
  description: text('description', parseDescription).prefault(''),
  isPremium: z.boolean().default(false),
});

const module = z.strictObject({
  code: text('code', parseModuleCode),
  name: text('name', parseName),
  features: z.array(feature),
});

const plan = z
  .strictObject({
    code: text('code', parsePlanCode),
    name: text('name', parseName),
    type: z.enum(planTypes),
    price: z.string({ error: 'price must be an amount in a string: "49.90".' }),
    currency: text('currency', parseCurrency).prefault('USD'),
    interval: z.enum(billingIntervals).default('MONTH'),
    includedFeatures: z.array(text('includedFeatures', parseFeatureCode)),
    maxUsers: z.number().transform((raw, context) => attempt(() => parseMaxUsers(raw, 'maxUsers'), context)),
  })
  .transform((offer, context) => ({
    ...offer,
    price: attempt(() => parsePrice(offer.price, offer.currency, 'price'), context, ['price']),
  }));

const manifest = z.strictObject({
  code: text('code', parseProductCode),
  name: text('name', parseName),
  description: text('description', parseDescription).prefault(''),
  version: text('version', parseProductVersion).prefault('1.0.0'),
  modules: z.array(module),
  plans: z.array(plan),
});

const fieldAt = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (field, key) => (typeof key === 'number' ? `${field}[${key}]` : `${field}.${String(key)}`),
    'manifest',
  );

/** VALIDATION_FAILED en el primer sitio malo, como un camino: `manifest.modules[0].code`. */
export function parseManifest(raw: unknown): ProductManifest {
  const parsed = manifest.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue === undefined) throw parsed.error;
  const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  throw invalid(fieldAt([...issue.path, ...unknownKey]), issue.message);
}
