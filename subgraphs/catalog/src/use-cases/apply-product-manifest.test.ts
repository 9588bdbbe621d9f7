import { planPublished } from '@farutech/contracts/catalog';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ProductManifest } from '../domain/product-manifest.ts';
import { type InMemoryCatalog, inMemoryCatalog } from '../testing/in-memory-catalog.ts';
import { at, changed } from '../testing/small-vet.ts';
import { countedIds, now, operatorCause } from '../testing/use-case-parts.ts';
import { applyProductManifest, type ManifestOutcome } from './apply-product-manifest.ts';
import type { ChangeParts } from './change-parts.ts';

let catalog: InMemoryCatalog;
let parts: ChangeParts;

const apply = (manifest: ProductManifest, dryRun = false): Promise<ManifestOutcome> =>
  applyProductManifest(parts, operatorCause, { manifest, dryRun });
const same = changed(() => {});
const said = ({ changes }: ManifestOutcome) =>
  changes.map(({ action, kind, code }) => `${action} ${kind} ${code}`);
const made = (outcome: ManifestOutcome) => said(outcome).filter((change) => !change.startsWith('UNCHANGED'));
const told = () => catalog.events.splice(0).map(({ contract }) => contract.name);

beforeEach(() => {
  catalog = inMemoryCatalog();
  parts = { unitOfWork: catalog.unitOfWork, newId: countedIds(), clock: () => now };
});

describe('un producto nuevo', () => {
  it('nace entero, y sus hechos salen con el producto delante', async () => {
    const outcome = await apply(same);

    expect(said(outcome)).toEqual([
      'CREATE PRODUCT FARUTECH_VET',
      'CREATE MODULE CLINICAL',
      'CREATE MODULE INVENTORY',
      'CREATE FEATURE DIGITAL_RECORDS',
      'CREATE FEATURE LAB_RESULTS',
      'CREATE FEATURE BATCH_CONTROL',
      'PUBLISH PLAN VET_BASIC',
      'PUBLISH PLAN VET_PROFESSIONAL',
    ]);
    expect(outcome.applied).toBe(true);
    expect(catalog.audits).toHaveLength(1);
    const publications = catalog.events.filter(({ contract }) => contract === planPublished);
    expect(at(publications, 1).data).toMatchObject({
      code: 'VET_PROFESSIONAL',
      version: 1,
      price: '49.90',
      includedFeatures: ['BATCH_CONTROL', 'DIGITAL_RECORDS'],
    });
    expect(told()).toEqual([
      'ProductChanged',
      'ModuleAdded',
      'FeatureAdded',
      'FeatureAdded',
      'ModuleAdded',
      'FeatureAdded',
      'PlanPublished',
      'PlanPublished',
    ]);
  });

  it('en un ensayo se dice todo y no queda nada', async () => {
    const rehearsal = await apply(same, true);

    expect(rehearsal.applied).toBe(false);
    expect(told()).toEqual([]);
    expect(catalog.audits).toEqual([]);
    expect(said(await apply(same))).toEqual(said(rehearsal));
  });
});

describe('aplicarlo otra vez', () => {
  beforeEach(async () => {
    await apply(same);
    catalog.events.length = 0;
    catalog.audits.length = 0;
  });

  it('no cambia nada, ni cuenta nada', async () => {
    const again = await apply(changed((m) => at(m.plans, 1).includedFeatures.reverse()));

    expect(made(again)).toEqual([]);
    expect(again.changes).toHaveLength(8);
    expect(told()).toEqual([]);
    expect(catalog.audits).toEqual([]);
  });

  it('con otro precio publica la versión siguiente y dice en qué difiere', async () => {
    const outcome = await apply(changed((m) => Object.assign(at(m.plans, 1), { price: '59.90' })));

    expect(made(outcome)).toEqual(['PUBLISH PLAN VET_PROFESSIONAL']);
    expect(outcome.changes.at(-1)?.detail).toBe('version 2: price "49.90" → "59.90"');
    expect(told()).toEqual(['PlanPublished']);
  });

  it('con otros textos cambia producto, módulo y característica, con una revisión más', async () => {
    const outcome = await apply(
      changed((m) => {
        m.version = '1.1.0';
        at(m.modules, 0).name = 'Clínica';
        at(at(m.modules, 1).features, 0).isPremium = false;
      }),
    );

    expect(made(outcome)).toEqual([
      'UPDATE PRODUCT FARUTECH_VET',
      'UPDATE MODULE CLINICAL',
      'UPDATE FEATURE BATCH_CONTROL',
    ]);
    expect(catalog.events.map(({ data }) => data)).toEqual([
      expect.objectContaining({ code: 'FARUTECH_VET', version: '1.1.0', revision: 2 }),
      expect.objectContaining({ code: 'BATCH_CONTROL', isPremium: false, revision: 2 }),
    ]);
  });

  it('retira la característica que falta, y ya no vuelve con el mismo código', async () => {
    const without = changed((m) => at(m.modules, 0).features.pop());

    expect(made(await apply(without))).toEqual(['RETIRE FEATURE LAB_RESULTS']);
    expect(told()).toEqual(['ProductChanged', 'FeatureRetired']);
    expect(made(await apply(without))).toEqual([]);
    await expect(apply(same)).rejects.toMatchObject({
      code: 'FEATURE_RETIRED',
      field: 'manifest.modules[0].features[1].code',
    });
  });

  it('retira el plan que falta, y si vuelve es una versión más', async () => {
    const without = changed((m) => m.plans.shift());

    expect(made(await apply(without))).toEqual(['RETIRE PLAN VET_BASIC']);
    expect(told()).toEqual(['PlanRetired']);
    expect(made(await apply(without))).toEqual([]);
    const back = await apply(same);
    expect(made(back)).toEqual(['PUBLISH PLAN VET_BASIC']);
    expect(back.changes.find(({ code }) => code === 'VET_BASIC')?.detail).toBe('version 2: on sale again');
  });

  it('un módulo con características vivas no puede faltar, y nada queda a medias', async () => {
    const without = changed((m) => {
      m.name = 'Otro nombre';
      m.modules.pop();
      at(m.plans, 1).includedFeatures = ['DIGITAL_RECORDS'];
    });

    await expect(apply(without)).rejects.toMatchObject({
      code: 'MODULE_HAS_LIVE_FEATURES',
      field: 'manifest.modules',
    });
    expect(made(await apply(same))).toEqual([]);
  });

  it('un módulo puede faltar cuando sus características se mudan', async () => {
    const moved = changed((m) => {
      const features = m.modules.pop()?.features ?? [];
      at(m.modules, 0).features.push(...features);
    });

    const outcome = await apply(moved);

    expect(made(outcome)).toEqual(['UPDATE FEATURE BATCH_CONTROL']);
    expect(outcome.changes.find(({ code }) => code === 'BATCH_CONTROL')?.detail).toBe(
      'module "INVENTORY" → "CLINICAL"',
    );
    expect(made(await apply(moved))).toEqual([]);
  });

  it.each([
    ['FEATURE_NOT_IN_PRODUCT', 'GPS', (m: Parameters<Parameters<typeof changed>[0]>[0]) => m],
    [
      'FEATURE_RETIRED',
      'LAB_RESULTS',
      (m: Parameters<Parameters<typeof changed>[0]>[0]) => at(m.modules, 0).features.pop(),
    ],
  ])('un plan no puede incluir lo que el documento no deja vivo: %s', async (code, feature, change) => {
    const manifest = changed((m) => {
      change(m);
      at(m.plans, 0).includedFeatures.push(feature);
    });

    await expect(apply(manifest)).rejects.toMatchObject({
      code,
      field: 'manifest.plans[0].includedFeatures[1]',
    });
    expect(told()).toEqual([]);
  });

  it('el plan de otro producto no es suyo', async () => {
    const other = changed((m) => {
      m.code = 'FARUTECH_ERP';
      m.plans.reverse();
    });

    await expect(apply(other)).rejects.toMatchObject({
      code: 'PLAN_NOT_IN_PRODUCT',
      field: 'manifest.plans[0].code',
    });
  });
});
