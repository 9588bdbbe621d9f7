import { type Role, roles } from '@farutech/kernel/viewer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, viewerOf } from './testing/catalog-client.ts';
import {
  applyDocument,
  type CatalogWorld,
  manifestOf,
  openCatalogWorld,
  refusal,
} from './testing/catalog-world.ts';

const absent = '0195a000-0000-7000-8000-00000000ffff';

/** Cada mutación con lo que necesita, y lo que devuelve. */
const documents = {
  createProduct: `mutation ($input: CreateProductInput!) {
    createProduct(input: $input) { id code name description version modules { code } plans { code } }
  }`,
  updateProduct: `mutation ($input: UpdateProductInput!) {
    updateProduct(input: $input) { id code name description version }
  }`,
  addModule: `mutation ($input: AddModuleInput!) {
    addModule(input: $input) { id code name product { id modules { code } } features { code } }
  }`,
  addFeature: `mutation ($input: AddFeatureInput!) {
    addFeature(input: $input) { id code name description isPremium retiredAt module { id features { code } } }
  }`,
  retireFeature: `mutation ($featureId: ID!) { retireFeature(featureId: $featureId) { code retiredAt module { code } } }`,
  retirePlan: `mutation ($code: String!) { retirePlan(code: $code) { code version retiredAt includedFeatures { code } } }`,
} as const;
type MutationName = keyof typeof documents;

let world: CatalogWorld;
/** Los id de Farutech Vet y de lo suyo, por código. */
const vet: Record<string, string> = {};

const operate = (query: string, variables?: object): Promise<Answer> => world.operate(query, variables);
const ask = (name: MutationName, input: object): Promise<Answer> =>
  operate(documents[name], name.startsWith('retire') ? input : { input });
async function change<T extends Record<string, unknown>>(name: MutationName, input: object): Promise<T> {
  const { data, errors } = await ask(name, input);
  expect(errors).toEqual([]);
  return data[name];
}
const written = async (): Promise<unknown> => [
  await world.prisma.product.findMany({ orderBy: { id: 'asc' } }),
  await world.prisma.module.count(),
  await world.prisma.feature.findMany({ orderBy: { id: 'asc' } }),
  await world.prisma.plan.findMany({ orderBy: { id: 'asc' } }),
  await world.prisma.outbox.count(),
  await world.prisma.auditEntry.count({ where: { outcome: 'ACCEPTED' } }),
];

beforeAll(async () => {
  world = await openCatalogWorld();
  await operate(applyDocument, { manifest: manifestOf('farutech-vet') });
  const { data } = await operate(
    '{ product(code: "FARUTECH_VET") { id code modules { id code } features { id code } } }',
  );
  const { modules, features, ...product } = data.product;
  for (const { id, code } of [product, ...modules, ...features]) vet[code] = id;
});

afterAll(async () => {
  await world?.close();
});

describe('hacer un producto pieza a pieza', () => {
  it('producto, módulo, característica y plan; cada respuesta ya enseña lo que hay', async () => {
    const product = await change('createProduct', { code: 'FARUTECH_LAB', name: ' Farutech Lab ' });
    const module = await change('addModule', {
      productId: String(product.id).toUpperCase(),
      code: 'SAMPLES',
      name: 'Muestras',
    });
    const feature = await change('addFeature', { moduleId: module.id, code: 'LABELS', name: 'Etiquetas' });

    expect(product).toMatchObject({ name: 'Farutech Lab', description: '', version: '1.0.0', modules: [] });
    expect(module).toMatchObject({ product: { id: product.id, modules: [{ code: 'SAMPLES' }] } });
    expect(feature).toMatchObject({
      isPremium: false,
      retiredAt: null,
      module: { id: module.id, features: [{ code: 'LABELS' }] },
    });
  });

  it('cambiarlo deja lo que no se dice, y un null es callar', async () => {
    const { id } = await change('createProduct', { code: 'FARUTECH_SPA', name: 'Spa', description: 'Baño' });

    const renamed = await change('updateProduct', { productId: id, name: 'Farutech Spa', version: null });
    const emptied = await change('updateProduct', { productId: id, description: '' });

    expect(renamed).toMatchObject({ name: 'Farutech Spa', description: 'Baño', version: '1.0.0' });
    expect(emptied).toMatchObject({ name: 'Farutech Spa', description: '' });
  });

  it('el mismo código pedido seis veces a la vez lo consigue uno', async () => {
    const race = async (name: MutationName, input: object): Promise<unknown[]> => {
      const all = await Promise.all(Array.from({ length: 6 }, () => ask(name, input)));
      return all.flatMap(({ errors }) => errors.map(({ extensions }) => extensions.code));
    };

    expect(await race('createProduct', { code: 'FARUTECH_RACE', name: 'Uno' })).toEqual(
      Array(5).fill('PRODUCT_CODE_TAKEN'),
    );
    expect(await race('addModule', { productId: vet.FARUTECH_VET, code: 'RACE', name: 'Uno' })).toEqual(
      Array(5).fill('MODULE_CODE_TAKEN'),
    );
    expect(await race('addFeature', { moduleId: vet.CLINICAL, code: 'RACE', name: 'Uno' })).toEqual(
      Array(5).fill('FEATURE_CODE_TAKEN'),
    );
  });
});

describe('retirar', () => {
  it('una característica que un plan en venta lleva: el plan queda como se publicó', async () => {
    const read = '{ plan(code: "VET_PROFESSIONAL") { version includedFeatures { code } } }';
    const { data: before } = await operate(read);

    const retired = await change('retireFeature', { featureId: vet.GROOMING });
    const again = await change('retireFeature', { featureId: vet.GROOMING });

    expect(retired).toMatchObject({ code: 'GROOMING', retiredAt: expect.any(String) });
    expect(again).toEqual(retired);
    expect((await operate(read)).data).toEqual(before);
    expect(before.plan.includedFeatures).toContainEqual({ code: 'GROOMING' });
    const manifest = manifestOf('farutech-vet');
    expect(refusal(await operate(applyDocument, { manifest, dryRun: true }))).toEqual([
      'FEATURE_RETIRED',
      'manifest.modules[1].features[2].code',
    ]);
  });

  it('un plan: sale de la lista, y sus versiones siguen estando', async () => {
    const retired = await change('retirePlan', { code: 'VET_BASIC' });
    const again = await change('retirePlan', { code: 'VET_BASIC' });

    expect(retired).toMatchObject({ version: 1, retiredAt: expect.any(String) });
    expect(again).toEqual(retired);
    const list =
      'query ($all: Boolean) { plans(productCode: "FARUTECH_VET", includeRetired: $all) { code } }';
    const codes = async (all: boolean): Promise<string[]> =>
      (await operate(list, { all })).data.plans.map(({ code }: { code: string }) => code);
    expect(await codes(false)).toEqual(['VET_ENTERPRISE', 'VET_PROFESSIONAL']);
    expect(await codes(true)).toEqual(['VET_BASIC', 'VET_ENTERPRISE', 'VET_PROFESSIONAL']);
  });
});

describe('lo que se pide mal', () => {
  it.each<[MutationName, string, string, () => object]>([
    ['createProduct', 'PRODUCT_CODE_TAKEN', 'code', () => ({ code: 'FARUTECH_VET', name: 'Otro' })],
    ['createProduct', 'VALIDATION_FAILED', 'code', () => ({ code: 'farutech', name: 'Otro' })],
    ['createProduct', 'VALIDATION_FAILED', 'name', () => ({ code: 'OTRO', name: '  ' })],
    [
      'createProduct',
      'VALIDATION_FAILED',
      'description',
      () => ({ code: 'OTRO', name: 'O', description: '\u0007' }),
    ],
    ['createProduct', 'VALIDATION_FAILED', 'version', () => ({ code: 'OTRO', name: 'O', version: '1 0' })],
    ['updateProduct', 'NOT_FOUND', 'productId', () => ({ productId: absent, name: 'Otro' })],
    ['updateProduct', 'NOT_FOUND', 'productId', () => ({ productId: 'nada', name: 'Otro' })],
    ['updateProduct', 'VALIDATION_FAILED', 'name', () => ({ productId: vet.FARUTECH_VET, name: '' })],
    ['updateProduct', 'VALIDATION_FAILED', 'version', () => ({ productId: vet.FARUTECH_VET, version: '' })],
    ['addModule', 'NOT_FOUND', 'productId', () => ({ productId: absent, code: 'NEW', name: 'N' })],
    ['addModule', 'NOT_FOUND', 'productId', () => ({ productId: vet.CLINICAL, code: 'NEW', name: 'N' })],
    [
      'addModule',
      'MODULE_CODE_TAKEN',
      'code',
      () => ({ productId: vet.FARUTECH_VET, code: 'CLINICAL', name: 'N' }),
    ],
    [
      'addModule',
      'VALIDATION_FAILED',
      'code',
      () => ({ productId: vet.FARUTECH_VET, code: 'A.B', name: 'N' }),
    ],
    [
      'addModule',
      'VALIDATION_FAILED',
      'name',
      () => ({ productId: vet.FARUTECH_VET, code: 'NEW', name: 'a\nb' }),
    ],
    ['addFeature', 'NOT_FOUND', 'moduleId', () => ({ moduleId: absent, code: 'NEW', name: 'N' })],
    ['addFeature', 'NOT_FOUND', 'moduleId', () => ({ moduleId: vet.FARUTECH_VET, code: 'NEW', name: 'N' })],
    [
      'addFeature',
      'FEATURE_CODE_TAKEN',
      'code',
      () => ({ moduleId: vet.INVENTORY, code: 'DIGITAL_RECORDS', name: 'N' }),
    ],
    [
      'addFeature',
      'FEATURE_CODE_TAKEN',
      'code',
      () => ({ moduleId: vet.INVENTORY, code: 'GROOMING', name: 'N' }),
    ],
    ['addFeature', 'VALIDATION_FAILED', 'code', () => ({ moduleId: vet.INVENTORY, code: '', name: 'N' })],
    [
      'addFeature',
      'VALIDATION_FAILED',
      'isPremium',
      () => ({ moduleId: vet.INVENTORY, code: 'NEW', name: 'N', isPremium: 'sí' }),
    ],
    ['retireFeature', 'NOT_FOUND', 'featureId', () => ({ featureId: absent })],
    ['retireFeature', 'NOT_FOUND', 'featureId', () => ({ featureId: vet.CLINICAL })],
    ['retireFeature', 'NOT_FOUND', 'featureId', () => ({ featureId: 'GROOMING' })],
    ['retirePlan', 'NOT_FOUND', 'code', () => ({ code: 'VET_NADA' })],
    ['retirePlan', 'NOT_FOUND', 'code', () => ({ code: 'NU\u0000LO' })],
  ])('%s: %s en %s, y nada queda escrito', async (name, code, field, input) => {
    const before = await written();

    expect(refusal(await ask(name, input()))).toEqual([code, field]);

    expect(await written()).toEqual(before);
  });

  it.each(Object.keys(documents) as MutationName[])('%s es solo de PLATFORM_ADMIN', async (name) => {
    const input = { code: 'OTRO', name: 'O', productId: absent, moduleId: absent, featureId: absent };
    const fields: Record<MutationName, readonly (keyof typeof input)[]> = {
      createProduct: ['code', 'name'],
      updateProduct: ['productId', 'name'],
      addModule: ['productId', 'code', 'name'],
      addFeature: ['moduleId', 'code', 'name'],
      retireFeature: ['featureId'],
      retirePlan: ['code'],
    };
    const given = Object.fromEntries(fields[name].map((field) => [field, input[field]]));
    const variables = name.startsWith('retire') ? given : { input: given };
    const others: readonly Role[] = roles.filter((role) => role !== 'PLATFORM_ADMIN');

    const codes = await Promise.all(
      others.map(async (role) => refusal(await world.as(viewerOf(role), documents[name], variables))[0]),
    );

    expect(new Set(codes)).toEqual(new Set(['FORBIDDEN']));
  });

  it('queda en la auditoría con lo que se pidió y por qué no', async () => {
    await ask('addFeature', { moduleId: vet.INVENTORY, code: 'DIGITAL_RECORDS', name: 'N' });
    await ask('retirePlan', { code: 'VET_NADA' });

    const rows = await world.prisma.auditEntry.findMany({
      where: { outcome: 'REFUSED' },
      orderBy: { seq: 'desc' },
      take: 2,
    });
    expect(rows).toMatchObject([
      { action: 'retirePlan', entityType: 'Plan', code: 'NOT_FOUND', detail: { field: 'code' } },
      { action: 'addFeature', entityType: 'Feature', code: 'FEATURE_CODE_TAKEN', detail: { field: 'code' } },
    ]);
  });
});
