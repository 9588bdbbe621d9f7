import { beforeEach, describe, expect, it } from 'vitest';
import { parseFeatureCode, parsePlanCode } from '../domain/catalog-code.ts';
import type { PlanVersion } from '../domain/plan.ts';
import { type InMemoryCatalog, inMemoryCatalog } from '../testing/in-memory-catalog.ts';
import { at, changed } from '../testing/small-vet.ts';
import { countedIds, now, operatorCause } from '../testing/use-case-parts.ts';
import { applyProductManifest } from './apply-product-manifest.ts';
import type { ChangeParts } from './change-parts.ts';
import { publishPlan } from './publish-plan.ts';
import { retireFeature } from './retire-feature.ts';
import { retirePlan } from './retire-plan.ts';

const manifest = changed(() => {});
const vetProfessional = at(manifest.plans, 1);

let catalog: InMemoryCatalog;
let parts: ChangeParts;
let productId: string;

const retire = (code: string): Promise<PlanVersion> =>
  retirePlan(parts, operatorCause, { code: parsePlanCode(code, 'code') });
const publish = (): Promise<PlanVersion> =>
  publishPlan(parts, operatorCause, { productId, offer: vetProfessional });
const told = () => catalog.events.splice(0).map(({ contract, data }) => [contract.name, data]);

beforeEach(async () => {
  catalog = inMemoryCatalog();
  parts = { unitOfWork: catalog.unitOfWork, newId: countedIds(), clock: () => now };
  ({ id: productId } = await applyProductManifest(parts, operatorCause, { manifest, dryRun: false }));
  catalog.events.length = 0;
  catalog.audits.length = 0;
});

describe('retirar un plan', () => {
  it('retira la última versión y se cuenta una vez: repetirlo da lo mismo', async () => {
    const retired = await retire('VET_PROFESSIONAL');
    const again = await retire('VET_PROFESSIONAL');

    expect(retired).toMatchObject({ version: 1, retiredAt: now });
    expect(again).toEqual(retired);
    const fact = { code: 'VET_PROFESSIONAL', productId, retiredAt: now.toISOString() };
    expect(told()).toEqual([['PlanRetired', fact]]);
    expect(catalog.audits).toEqual([
      expect.objectContaining({ action: 'retirePlan', entityType: 'Plan', entityId: retired.id }),
    ]);
  });

  it('publicarlo otra vez lo devuelve a la venta, como una versión más', async () => {
    await retire('VET_PROFESSIONAL');

    expect(await publish()).toMatchObject({ version: 2, retiredAt: null });
  });

  it('el que no existe es NOT_FOUND', async () => {
    await expect(retire('VET_NADA')).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'code' });
    expect(told()).toEqual([]);
  });
});

describe('retirar una característica que un plan en venta lleva', () => {
  it('se puede: el plan queda como se publicó, y la versión siguiente ya no la admite', async () => {
    const { product, plan } = await read();
    const batchControl = product.feature(parseFeatureCode('BATCH_CONTROL', 'code'));
    catalog.events.length = 0;

    await retireFeature(parts, operatorCause, { featureId: batchControl?.id ?? '' });

    expect(told().map(([name]) => name)).toEqual(['ProductChanged', 'FeatureRetired']);
    expect((await read()).plan).toEqual(plan);
    await expect(publish()).rejects.toMatchObject({ code: 'FEATURE_RETIRED', field: 'includedFeatures' });
  });

  async function read() {
    return await catalog.unitOfWork(operatorCause, async ({ products, plans }) => {
      const product = await products.takeById(productId);
      const plan = (await plans.takeNewest([vetProfessional.code])).get(vetProfessional.code);
      if (product === null || plan === undefined) throw new TypeError('falta el producto o su plan');
      return { result: { id: productId, product, plan }, events: [], audit: null };
    });
  }
});
