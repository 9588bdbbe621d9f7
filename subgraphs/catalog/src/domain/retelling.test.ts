import { featureChanged, planPublished, planRetired } from '@farutech/contracts/catalog';
import { describe, expect, it } from 'vitest';
import { at, changed } from '../testing/small-vet.ts';
import { countedIds, now } from '../testing/use-case-parts.ts';
import { nextVersion, type PlanVersion } from './plan.ts';
import { Product } from './product.ts';
import { retelling } from './retelling.ts';

const later = new Date('2026-03-03T08:00:00.000Z');
const muchLater = new Date('2026-03-04T08:00:00.000Z');
const manifest = changed(() => {});
const newId = countedIds();

/** Farutech Vet en su revisión 3: BATCH_CONTROL retirada, y VET_PROFESSIONAL retirado, vuelto a publicar y retirado. */
function vet(): { product: Product; versions: readonly PlanVersion[] } {
  const product = Product.create(manifest.code, manifest, newId(), now);
  for (const { code, name, features } of manifest.modules) {
    const module = product.addModule(code, name, newId(), now);
    for (const feature of features) product.addFeature(feature.code, feature, module, newId(), now);
  }
  const restored = Product.restore({ ...product.state, revision: 2 });
  restored.retireFeature(at(restored.state.features, 2), later);
  const offer = at(manifest.plans, 1);
  const given = { productId: product.id, productCode: product.code, features: product.state.features };
  const first = nextVersion(offer, undefined, { ...given, id: newId(), at: now });
  const second = nextVersion(offer, first, { ...given, id: newId(), at: now });
  const third = nextVersion(offer, second, { ...given, id: newId(), at: later });
  const versions = [
    { ...first, retiredAt: later },
    { ...second, retiredAt: later },
    { ...third, retiredAt: muchLater },
  ];
  return { product: restored, versions };
}

describe('contar otra vez un producto', () => {
  it('cuenta su presente entero, y cada retirada detrás de lo que retira', () => {
    const { product, versions } = vet();

    const events = retelling(product.state, versions);

    expect(events.map(({ contract }) => contract.name)).toEqual([
      'ProductChanged',
      'ModuleAdded',
      'ModuleAdded',
      ...['FeatureAdded', 'FeatureChanged', 'FeatureAdded', 'FeatureChanged'],
      ...['FeatureAdded', 'FeatureChanged', 'FeatureRetired'],
      ...['PlanPublished', 'PlanPublished', 'PlanPublished'],
      ...['PlanRetired', 'PlanRetired'],
    ]);
  });

  it('con la revisión, las versiones y las fechas que valen', () => {
    const { product, versions } = vet();
    const events = retelling(product.state, versions);
    const dataOf = (wanted: { readonly name: string }) =>
      events.filter(({ contract }) => contract.name === wanted.name).map(({ data }) => data);

    expect(dataOf(featureChanged)[0]).toMatchObject({ code: 'DIGITAL_RECORDS', revision: 3 });
    expect(
      dataOf(planPublished).map((data) => [
        Reflect.get(data as object, 'version'),
        Reflect.get(data as object, 'retiredAt'),
      ]),
    ).toEqual([
      [1, later.toISOString()],
      [2, later.toISOString()],
      [3, muchLater.toISOString()],
    ]);
    expect(dataOf(planRetired)).toEqual([
      { code: 'VET_PROFESSIONAL', productId: product.id, retiredAt: later.toISOString() },
      { code: 'VET_PROFESSIONAL', productId: product.id, retiredAt: muchLater.toISOString() },
    ]);
  });

  it('todo cumple su contrato', () => {
    const { product, versions } = vet();

    for (const { contract, data } of retelling(product.state, versions)) {
      expect(contract.schema.parse(data)).toEqual(data);
    }
  });
});
