import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, viewerOf } from './testing/catalog-client.ts';
import {
  applyDocument,
  type CatalogWorld,
  manifestOf,
  openCatalogWorld,
  realProducts,
  refusal,
} from './testing/catalog-world.ts';
import { at } from './testing/small-vet.ts';

const publishDocument = `mutation ($input: PublishPlanInput!) {
  publishPlan(input: $input) { id code version price currency product { code } includedFeatures { code } }
}`;

let world: CatalogWorld;

const operate = (query: string, variables?: object): Promise<Answer> => world.operate(query, variables);

beforeAll(async () => {
  world = await openCatalogWorld();
  for (const folder of realProducts) await world.operate(applyDocument, { manifest: manifestOf(folder) });
});

afterAll(async () => {
  await world?.close();
});

describe('publicar por la API', () => {
  const offer = {
    code: 'VET_PROFESSIONAL',
    name: 'Vet Profesional',
    type: 'PROFESSIONAL',
    price: '59.9',
    includedFeatures: ['BATCH_CONTROL', 'APPOINTMENTS'],
    maxUsers: 25,
  };
  const productId = async (code: string): Promise<string> =>
    (await operate('query ($code: String) { product(code: $code) { id } }', { code })).data.product.id;
  const publish = async (change: object = {}, product = 'FARUTECH_VET'): Promise<Answer> =>
    operate(publishDocument, { input: { ...offer, productId: await productId(product), ...change } });

  it('da la versión siguiente; la anterior queda como estaba', async () => {
    const { data, errors } = await publish();

    expect(errors).toEqual([]);
    expect(data.publishPlan).toMatchObject({
      version: 2,
      price: '59.90',
      currency: 'USD',
      product: { code: 'FARUTECH_VET' },
      includedFeatures: [{ code: 'APPOINTMENTS' }, { code: 'BATCH_CONTROL' }],
    });
    const versions = await operate('{ planVersions(code: "VET_PROFESSIONAL") { version price } }');
    expect(versions.data.planVersions).toEqual([
      { version: 2, price: '59.90' },
      { version: 1, price: '49.90' },
    ]);
    const newest = await operate('{ product(code: "FARUTECH_VET") { plans { code version } } }');
    expect(newest.data.product.plans).toContainEqual({ code: 'VET_PROFESSIONAL', version: 2 });
  });

  it('a la vez, cada uno da una versión distinta y no falta ninguna', async () => {
    const before = (await publish()).data.publishPlan.version;

    const all = await Promise.all(Array.from({ length: 8 }, () => publish()));

    const versions = all.map(({ data }) => data.publishPlan.version).toSorted((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 8 }, (_, n) => before + 1 + n));
  });

  it('un código nuevo que dos productos publican a la vez es de uno solo', async () => {
    const race = (product: string, feature: string) =>
      publish({ code: 'COMBO', includedFeatures: [feature] }, product);

    const answers = await Promise.all([race('FARUTECH_VET', 'BATCH_CONTROL'), race('FARUTECH_CRM', 'DEALS')]);

    expect(answers.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
    const loser = answers.find(({ errors }) => errors.length > 0);
    expect(loser && refusal(loser)).toEqual(['PLAN_NOT_IN_PRODUCT', 'code']);
  });

  it.each<[string, string, object]>([
    ['PLAN_NOT_IN_PRODUCT', 'code', { code: 'ERP_BASIC' }],
    ['FEATURE_NOT_IN_PRODUCT', 'includedFeatures', { includedFeatures: ['PAYROLL_RUN'] }],
    ['VALIDATION_FAILED', 'code', { code: 'vet_professional' }],
    ['VALIDATION_FAILED', 'price', { price: '49.905' }],
    ['VALIDATION_FAILED', 'price', { price: '-1' }],
    ['VALIDATION_FAILED', 'price', { price: 49.9 }],
    ['VALIDATION_FAILED', 'currency', { currency: 'PESOS' }],
    ['VALIDATION_FAILED', 'maxUsers', { maxUsers: 0 }],
    ['VALIDATION_FAILED', 'type', { type: 'GOLD' }],
    ['NOT_FOUND', 'productId', { productId: 'nada' }],
    ['NOT_FOUND', 'productId', { productId: '0195a000-0000-7000-8000-00000000ffff' }],
  ])('%s en %s, y nada queda escrito', async (code, field, change) => {
    const before = [await world.prisma.plan.count(), await world.prisma.outbox.count()];

    expect(refusal(await publish(change))).toEqual([code, field]);

    expect([await world.prisma.plan.count(), await world.prisma.outbox.count()]).toEqual(before);
  });

  it('lo rechazado queda en la auditoría con quién, qué código y qué campo', async () => {
    await publish({ code: 'ERP_BASIC' });
    const forbidden = await world.as(viewerOf('SUPPORT'), applyDocument, {
      manifest: manifestOf('farutech-vet'),
    });

    expect(refusal(forbidden)[0]).toBe('FORBIDDEN');
    const rows = await world.prisma.auditEntry.findMany({
      where: { outcome: 'REFUSED' },
      orderBy: { seq: 'desc' },
    });
    expect(rows.slice(0, 2)).toMatchObject([
      { actor: 'support@farutech.test', action: 'applyProductManifest', code: 'FORBIDDEN' },
      {
        actor: 'platform_admin@farutech.test',
        action: 'publishPlan',
        code: 'PLAN_NOT_IN_PRODUCT',
        detail: { field: 'code' },
      },
    ]);
  });

  it('un manifiesto malo señala su sitio', async () => {
    const manifest = manifestOf('farutech-vet');
    Object.assign(at(manifest.modules as object[], 0), { code: 'clínica' });

    expect(refusal(await operate(applyDocument, { manifest }))).toEqual([
      'VALIDATION_FAILED',
      'manifest.modules[0].code',
    ]);
    expect(refusal(await operate(applyDocument, { manifest: [] }))).toEqual([
      'VALIDATION_FAILED',
      'manifest',
    ]);
  });

  it('la segunda mutación de un documento lee lo que dejó la primera', async () => {
    const base = manifestOf('farutech-crm');
    const document = `mutation ($one: JSON!, $two: JSON!) {
      one: applyProductManifest(manifest: $one) { product { name } }
      two: applyProductManifest(manifest: $two) { product { name } }
    }`;

    const { data } = await operate(document, {
      one: { ...base, name: 'Uno' },
      two: { ...base, name: 'Dos' },
    });

    expect([data.one.product.name, data.two.product.name]).toEqual(['Uno', 'Dos']);
  });

  it('aplicar el mismo manifiesto nuevo seis veces a la vez crea un solo producto', async () => {
    const manifest = {
      code: 'FARUTECH_POS',
      name: 'Farutech POS',
      modules: [{ code: 'SALES', name: 'Ventas', features: [{ code: 'TILL', name: 'Caja' }] }],
      plans: [{ ...offer, code: 'POS_BASIC', includedFeatures: ['TILL'] }],
    };

    const all = await Promise.all(Array.from({ length: 6 }, () => operate(applyDocument, { manifest })));

    expect(all.flatMap(({ errors }) => errors)).toEqual([]);
    const creators = all.filter(({ data }) => data.applyProductManifest.changes[0].action === 'CREATE');
    expect(creators).toHaveLength(1);
    expect(await world.prisma.plan.count({ where: { code: 'POS_BASIC' } })).toBe(1);
  });
});
