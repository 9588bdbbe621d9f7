import { beforeEach, describe, expect, it } from 'vitest';
import { parseFeatureCode, parseModuleCode, parseProductCode } from '../domain/catalog-code.ts';
import { Product } from '../domain/product.ts';
import type { FeatureState, ModuleState, ProductState } from '../domain/product-state.ts';
import { type InMemoryCatalog, inMemoryCatalog } from '../testing/in-memory-catalog.ts';
import { at } from '../testing/small-vet.ts';
import { countedIds, now, operatorCause } from '../testing/use-case-parts.ts';
import { addFeature } from './add-feature.ts';
import { addModule } from './add-module.ts';
import type { ChangeParts } from './change-parts.ts';
import { createProduct } from './create-product.ts';
import { retireFeature } from './retire-feature.ts';
import { updateProduct } from './update-product.ts';

const absent = '0195a000-0000-7000-8000-00000000ffff';
const texts = { name: 'Farutech Vet', description: '', version: '1.0.0' };
const batchControl = { name: 'Control de lotes', description: '', isPremium: true };

let catalog: InMemoryCatalog;
let parts: ChangeParts;

const create = (code = 'FARUTECH_VET'): Promise<ProductState> =>
  createProduct(parts, operatorCause, { code: parseProductCode(code, 'code'), ...texts });
const module = (productId: string, code = 'INVENTORY') =>
  addModule(parts, operatorCause, { productId, code: parseModuleCode(code, 'code'), name: 'Inventario' });
const feature = (moduleId: string, code = 'BATCH_CONTROL'): Promise<FeatureState> =>
  addFeature(parts, operatorCause, { moduleId, code: parseFeatureCode(code, 'code'), ...batchControl });
const retire = (featureId: string): Promise<FeatureState> =>
  retireFeature(parts, operatorCause, { featureId });
const told = () => catalog.events.splice(0).map(({ contract }) => contract.name);
const audited = () => catalog.audits.splice(0).map(({ action, entityId }) => [action, entityId]);

beforeEach(() => {
  catalog = inMemoryCatalog();
  parts = { unitOfWork: catalog.unitOfWork, newId: countedIds(), clock: () => now };
});

describe('crear un producto', () => {
  it('nace vacío y en su primera revisión', async () => {
    const product = await create();

    expect(product).toMatchObject({ code: 'FARUTECH_VET', revision: 1, modules: [], features: [] });
    expect(audited()).toEqual([['createProduct', product.id]]);
    expect(told()).toEqual(['ProductChanged']);
  });

  it('un código tomado es PRODUCT_CODE_TAKEN, y nada se cuenta', async () => {
    await create();
    told();

    await expect(create()).rejects.toMatchObject({ code: 'PRODUCT_CODE_TAKEN', field: 'code' });
    expect(told()).toEqual([]);
  });
});

describe('cambiar un producto', () => {
  it('cambia lo que se dice y deja lo demás, con una revisión más', async () => {
    const { id } = await create();
    told();

    const product = await updateProduct(parts, operatorCause, {
      productId: id,
      texts: { version: '1.1.0' },
    });

    expect(product).toMatchObject({ name: 'Farutech Vet', version: '1.1.0', revision: 2 });
    expect(told()).toEqual(['ProductChanged']);
    expect(at(catalog.audits, 1)).toMatchObject({ detail: { changes: 'version "1.0.0" → "1.1.0"' } });
  });

  it.each([[{}], [{ name: 'Farutech Vet' }]])(
    'decir lo mismo (%j) no cambia ni cuenta nada',
    async (same) => {
      const { id } = await create();
      told();
      audited();

      const product = await updateProduct(parts, operatorCause, { productId: id, texts: same });

      expect([product.revision, told(), audited()]).toEqual([1, [], []]);
    },
  );

  it('el que no existe es NOT_FOUND', async () => {
    const unknown = updateProduct(parts, operatorCause, { productId: absent, texts: {} });

    await expect(unknown).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'productId' });
  });
});

describe('añadir módulos y características', () => {
  it('cada uno se cuenta detrás de su producto', async () => {
    const { id } = await create();
    const inventory = await module(id);
    const added = await feature(inventory.id);

    expect(inventory).toMatchObject({ code: 'INVENTORY', productId: id });
    expect(added).toMatchObject({ code: 'BATCH_CONTROL', moduleId: inventory.id, retiredAt: null });
    expect(catalog.events.map(({ contract, data }) => [contract.name, data])).toEqual([
      ['ProductChanged', expect.objectContaining({ revision: 1 })],
      ['ProductChanged', expect.objectContaining({ revision: 2 })],
      ['ModuleAdded', expect.objectContaining({ moduleId: inventory.id, productId: id })],
      ['ProductChanged', expect.objectContaining({ revision: 3 })],
      ['FeatureAdded', expect.objectContaining({ featureId: added.id, moduleId: inventory.id })],
    ]);
    expect(audited().slice(1)).toEqual([
      ['addModule', inventory.id],
      ['addFeature', added.id],
    ]);
  });

  it('un código de módulo es de uno dentro de su producto, y otro producto lo puede usar', async () => {
    const vet = await create();
    const erp = await create('FARUTECH_ERP');
    await module(vet.id);

    await expect(module(vet.id)).rejects.toMatchObject({ code: 'MODULE_CODE_TAKEN', field: 'code' });
    expect((await module(erp.id)).productId).toBe(erp.id);
  });

  it('un código de característica es de una en todo el producto, también si se retiró', async () => {
    const { id } = await create();
    const [inventory, clinical] = [await module(id), await module(id, 'CLINICAL')];
    const added = await feature(inventory.id);

    const taken = { code: 'FEATURE_CODE_TAKEN', field: 'code' };
    await expect(feature(clinical.id)).rejects.toMatchObject(taken);
    await retire(added.id);
    await expect(feature(inventory.id)).rejects.toMatchObject(taken);
  });

  it('nada cuelga de lo que no existe', async () => {
    await expect(module(absent)).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'productId' });
    await expect(feature(absent)).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'moduleId' });
    expect(told()).toEqual([]);
  });
});

describe('retirar una característica', () => {
  it('queda retirada y se cuenta una vez: repetirlo da lo mismo', async () => {
    const { id } = await create();
    const added = await feature((await module(id)).id);
    told();
    audited();

    const retired = await retire(added.id);
    const again = await retire(added.id);

    expect(retired.retiredAt).toEqual(now);
    expect(again).toEqual(retired);
    expect(told()).toEqual(['ProductChanged', 'FeatureRetired']);
    expect(audited()).toEqual([['retireFeature', added.id]]);
  });

  it('la que no existe es NOT_FOUND', async () => {
    await expect(retire(absent)).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'featureId' });
  });
});

describe('el producto no admite que la jerarquía se rompa, la llame quien la llame', () => {
  const newProduct = (code: string): Product =>
    Product.create(parseProductCode(code, 'code'), texts, parts.newId(), now);
  const inventoryOf = (product: Product): ModuleState =>
    product.addModule(parseModuleCode('INVENTORY', 'code'), 'Inventario', parts.newId(), now);
  const code = parseFeatureCode('BATCH_CONTROL', 'code');

  it('una característica no entra ni se muda al módulo de otro producto', () => {
    const [vet, erp] = [newProduct('FARUTECH_VET'), newProduct('FARUTECH_ERP')];
    const [ours, foreign] = [inventoryOf(vet), inventoryOf(erp)];
    const added = vet.addFeature(code, batchControl, ours, parts.newId(), now);

    const refused = expect.objectContaining({ code: 'NOT_FOUND', field: 'moduleId' });
    const other = parseFeatureCode('OTHER', 'code');
    expect(() => vet.addFeature(other, batchControl, foreign, parts.newId(), now)).toThrow(refused);
    expect(() => vet.changeFeature(added, batchControl, foreign)).toThrow(refused);
    expect(() => vet.renameModule(foreign, 'Otro')).toThrow(refused);
  });

  it('no cambia ni retira la característica de otro, ni una retirada', () => {
    const [vet, erp] = [newProduct('FARUTECH_VET'), newProduct('FARUTECH_ERP')];
    const [ours, theirs] = [inventoryOf(vet), inventoryOf(erp)];
    const added = vet.addFeature(code, batchControl, ours, parts.newId(), now);
    const foreign = erp.addFeature(code, batchControl, theirs, parts.newId(), now);

    const notFound = expect.objectContaining({ code: 'NOT_FOUND', field: 'featureId' });
    expect(() => vet.retireFeature(foreign, now)).toThrow(notFound);
    expect(() => vet.changeFeature(foreign, batchControl, ours)).toThrow(notFound);
    vet.retireFeature(added, now);
    const retired = expect.objectContaining({ code: 'FEATURE_RETIRED', field: 'featureId' });
    expect(() => vet.retireFeature(added, now)).toThrow(retired);
    expect(() => vet.changeFeature(added, batchControl, ours)).toThrow(retired);
  });
});
