import { describe, expect, it } from 'vitest';
import { demandDistinctCodes } from '../domain/product-manifest.ts';
import { at, type RawManifest, smallVet } from '../testing/small-vet.ts';
import { parseManifest } from './parse-manifest.ts';

const broken = (change: (manifest: RawManifest & Record<string, unknown>) => void): unknown => {
  const manifest = { ...smallVet() };
  change(manifest);
  return manifest;
};

describe('el manifiesto que llega', () => {
  it('rellena lo que se puede callar', () => {
    const manifest = parseManifest(smallVet());

    expect(manifest.version).toBe('1.0.0');
    expect(at(manifest.plans, 0)).toMatchObject({ price: '19.90', currency: 'USD', interval: 'MONTH' });
    expect(at(at(manifest.modules, 0).features, 0)).toMatchObject({ description: '', isPremium: false });
  });

  it.each<[string, unknown]>([
    ['manifest', null],
    ['manifest', 'FARUTECH_VET'],
    ['manifest.code', broken((m) => Reflect.deleteProperty(m, 'code'))],
    ['manifest.color', broken((m) => Object.assign(m, { color: 'azul' }))],
    ['manifest.plans', broken((m) => Object.assign(m, { plans: {} }))],
    ['manifest.modules[0].code', broken((m) => Object.assign(at(m.modules, 0), { code: 'clinical' }))],
    ['manifest.modules[1].name', broken((m) => Object.assign(at(m.modules, 1), { name: ' ' }))],
    [
      'manifest.modules[0].features[1].isPremium',
      broken((m) => Object.assign(at(at(m.modules, 0).features, 1), { isPremium: 'sí' })),
    ],
    [
      'manifest.modules[0].features[0].premium',
      broken((m) => Object.assign(at(at(m.modules, 0).features, 0), { premium: true })),
    ],
    ['manifest.plans[1].price', broken((m) => Object.assign(at(m.plans, 1), { price: 49.9 }))],
    ['manifest.plans[1].price', broken((m) => Object.assign(at(m.plans, 1), { price: '49.905' }))],
    ['manifest.plans[0].currency', broken((m) => Object.assign(at(m.plans, 0), { currency: 'PESOS' }))],
    ['manifest.plans[0].type', broken((m) => Object.assign(at(m.plans, 0), { type: 'GOLD' }))],
    ['manifest.plans[0].maxUsers', broken((m) => Object.assign(at(m.plans, 0), { maxUsers: 0 }))],
    [
      'manifest.plans[0].includedFeatures[1]',
      broken((m) => at(m.plans, 0).includedFeatures.push('batch-control')),
    ],
  ])('señala %s', (field, raw) => {
    expect(() => parseManifest(raw)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED', field }));
  });

  it.each([
    ['MODULE_CODE_TAKEN', 'manifest.modules[2].code', (m: RawManifest) => m.modules.push(at(m.modules, 0))],
    [
      'FEATURE_CODE_TAKEN',
      'manifest.modules[1].features[1].code',
      (m: RawManifest) => at(m.modules, 1).features.push(at(at(m.modules, 0).features, 0)),
    ],
    ['PLAN_CODE_TAKEN', 'manifest.plans[2].code', (m: RawManifest) => m.plans.push(at(m.plans, 0))],
  ])('un código repetido es %s en %s', (code, field, repeat) => {
    const manifest = smallVet();
    repeat(manifest);
    const parsed = parseManifest({ ...manifest, modules: manifest.modules.map((m) => ({ ...m })) });

    expect(() => demandDistinctCodes(parsed)).toThrow(expect.objectContaining({ code, field }));
  });
});
