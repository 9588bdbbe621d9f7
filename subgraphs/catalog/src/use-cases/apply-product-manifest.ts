import type { Cause } from '@farutech/kernel/request';
import { applyPlans, type PlanChanges } from '../domain/apply-plans.ts';
import { applyStructure } from '../domain/apply-structure.ts';
import { difference } from '../domain/difference.ts';
import type { AcceptedAudit, Stores } from '../domain/ports.ts';
import { Product } from '../domain/product.ts';
import {
  demandDistinctCodes,
  type ManifestChange,
  type ProductManifest,
  textsOf,
} from '../domain/product-manifest.ts';
import type { ChangeParts } from './change-parts.ts';

export interface ApplyProductManifestInput {
  readonly manifest: ProductManifest;
  /** Solo decir qué cambiaría. */
  readonly dryRun: boolean;
}

export interface ManifestOutcome {
  /** Del producto; en un ensayo de uno nuevo, de ninguno. */
  readonly id: string;
  readonly changes: readonly ManifestChange[];
  readonly applied: boolean;
}

/** Aplicarlo dos veces no cambia nada: cada pieza se compara con lo que hay, y solo se escribe la diferencia. */
export async function applyProductManifest(
  { unitOfWork, newId, clock }: ChangeParts,
  cause: Cause,
  { manifest, dryRun }: ApplyProductManifestInput,
): Promise<ManifestOutcome> {
  demandDistinctCodes(manifest);
  return await unitOfWork(cause, async (stores) => {
    const making = { newId, at: clock() };
    const found = await stores.products.takeByCode(manifest.code);
    const product = found ?? Product.create(manifest.code, manifest, newId(), making.at);
    const known = {
      named: await stores.plans.takeNewest(manifest.plans.map(({ code }) => code)),
      own: await stores.plans.newestOf(product.id),
    };

    const changes = [found === null ? creation(product) : description(product, manifest)];
    changes.push(...applyStructure(product, manifest, making));
    const plans = applyPlans(product, known, manifest, making);
    changes.push(...plans.changes);

    const result = { id: product.id, changes, applied: !dryRun };
    if (dryRun) return { result, events: [], audit: null };
    await save(stores, product, plans, making.at);
    return { result, events: [...product.events, ...plans.events], audit: auditOf(product, changes) };
  });
}

const creation = (product: Product): ManifestChange => ({
  action: 'CREATE',
  kind: 'PRODUCT',
  code: product.code,
  detail: product.texts.name,
});

function description(product: Product, manifest: ProductManifest): ManifestChange {
  const detail = difference(product.texts, textsOf(manifest));
  if (detail !== '') product.describe(manifest);
  return { action: detail === '' ? 'UNCHANGED' : 'UPDATE', kind: 'PRODUCT', code: product.code, detail };
}

async function save(stores: Stores, product: Product, plans: PlanChanges, at: Date): Promise<void> {
  if (product.changed) await stores.products.save(product);
  for (const version of plans.published) await stores.plans.publish(version);
  for (const code of plans.retired) await stores.plans.retire(code, at);
}

function auditOf(product: Product, changes: readonly ManifestChange[]): AcceptedAudit | null {
  const made = changes.filter(({ action }) => action !== 'UNCHANGED');
  if (made.length === 0) return null;
  return {
    action: 'applyProductManifest',
    entityType: 'Product',
    entityId: product.id,
    outcome: 'ACCEPTED',
    detail: {
      product: product.code,
      changes: made.map(({ action, kind, code }) => `${action} ${kind} ${code}`),
    },
  };
}
