import { beforeEach, describe, expect, it } from 'vitest';
import type { PlanOffer, PlanVersion } from '../domain/plan.ts';
import { type InMemoryCatalog, inMemoryCatalog } from '../testing/in-memory-catalog.ts';
import { at, changed } from '../testing/small-vet.ts';
import { countedIds, now, operatorCause } from '../testing/use-case-parts.ts';
import { applyProductManifest } from './apply-product-manifest.ts';
import type { ChangeParts } from './change-parts.ts';
import { publishPlan } from './publish-plan.ts';

let catalog: InMemoryCatalog;
let parts: ChangeParts;
let productId: string;

const offer = (change: (plan: { code: string; includedFeatures: string[] }) => void = () => {}): PlanOffer =>
  at(changed((m) => change(at(m.plans, 1))).plans, 1);
const publish = (what: PlanOffer, product = productId): Promise<PlanVersion> =>
  publishPlan(parts, operatorCause, { productId: product, offer: what });

beforeEach(async () => {
  catalog = inMemoryCatalog();
  parts = { unitOfWork: catalog.unitOfWork, newId: countedIds(), clock: () => now };
  const applied = await applyProductManifest(parts, operatorCause, {
    manifest: changed(() => {}),
    dryRun: false,
  });
  productId = applied.id;
  catalog.events.length = 0;
  catalog.audits.length = 0;
});

describe('publicar un plan', () => {
  it('da la versión siguiente, con sus características por código y sin repetir', async () => {
    const version = await publish(
      offer((plan) => plan.includedFeatures.push('BATCH_CONTROL', 'LAB_RESULTS')),
    );

    expect(version.version).toBe(2);
    expect(version.includedFeatures.map(({ code }) => code)).toEqual([
      'BATCH_CONTROL',
      'DIGITAL_RECORDS',
      'LAB_RESULTS',
    ]);
    expect(catalog.events.map(({ contract, data }) => [contract.name, data])).toEqual([
      [
        'PlanPublished',
        expect.objectContaining({ planId: version.id, version: 2, publishedAt: now.toISOString() }),
      ],
    ]);
    expect(catalog.audits).toEqual([
      expect.objectContaining({ action: 'publishPlan', entityId: version.id }),
    ]);
  });

  it('un código nuevo empieza en la versión 1', async () => {
    expect((await publish(offer((plan) => Object.assign(plan, { code: 'VET_GOLD' })))).version).toBe(1);
  });

  it('en un producto que no existe es NOT_FOUND', async () => {
    await expect(publish(offer(), '0195a000-0000-7000-8000-00000000ffff')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'productId',
    });
  });

  it('el código de otro producto es PLAN_NOT_IN_PRODUCT', async () => {
    const erp = changed((m) => {
      m.code = 'FARUTECH_ERP';
      m.plans = [];
    });
    const other = await applyProductManifest(parts, operatorCause, { manifest: erp, dryRun: false });

    await expect(publish(offer(), other.id)).rejects.toMatchObject({
      code: 'PLAN_NOT_IN_PRODUCT',
      field: 'code',
    });
  });

  it('lo que el producto no tiene es FEATURE_NOT_IN_PRODUCT', async () => {
    await expect(publish(offer((plan) => plan.includedFeatures.push('GPS')))).rejects.toMatchObject({
      code: 'FEATURE_NOT_IN_PRODUCT',
      field: 'includedFeatures',
    });
    expect(catalog.events).toEqual([]);
    expect(catalog.audits).toEqual([]);
  });

  it('lo retirado es FEATURE_RETIRED', async () => {
    const without = changed((m) => at(m.modules, 0).features.pop());
    await applyProductManifest(parts, operatorCause, { manifest: without, dryRun: false });

    await expect(publish(offer((plan) => plan.includedFeatures.push('LAB_RESULTS')))).rejects.toMatchObject({
      code: 'FEATURE_RETIRED',
      field: 'includedFeatures',
    });
  });
});
