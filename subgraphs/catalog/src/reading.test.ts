import { Secret } from '@farutech/kernel/secret';
import type { Role } from '@farutech/kernel/viewer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, catalogClient, viewerOf } from './testing/catalog-client.ts';
import {
  applyDocument,
  type CatalogWorld,
  manifestOf,
  openCatalogWorld,
  realProducts,
  refusal,
} from './testing/catalog-world.ts';

let world: CatalogWorld;

const operate = (query: string, variables?: object): Promise<Answer> => world.operate(query, variables);

beforeAll(async () => {
  world = await openCatalogWorld();
});

afterAll(async () => {
  await world?.close();
});

describe('el catálogo por su API', () => {
  it('los tres productos se aplican enteros, y otra vez no cambian nada', async () => {
    for (const folder of realProducts) {
      const manifest = manifestOf(folder);
      const rehearsal = await operate(applyDocument, { manifest, dryRun: true });
      const first = await operate(applyDocument, { manifest });
      const second = await operate(applyDocument, { manifest });

      expect(rehearsal.data.applyProductManifest).toMatchObject({ applied: false, product: null });
      expect(first.data.applyProductManifest.changes).toEqual(rehearsal.data.applyProductManifest.changes);
      expect(first.data.applyProductManifest.applied).toBe(true);
      const actions = second.data.applyProductManifest.changes.map(
        ({ action }: { action: string }) => action,
      );
      expect(new Set(actions)).toEqual(new Set(['UNCHANGED']));
    }
    expect(await world.prisma.auditEntry.count({ where: { outcome: 'ACCEPTED' } })).toBe(3);
  });

  it('los productos se leen por páginas, el más nuevo primero', async () => {
    const document = `query ($after: String) {
      products(first: 2, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node { code } } }
    }`;

    const one = (await operate(document)).data.products;
    const two = (await operate(document, { after: one.pageInfo.endCursor })).data.products;

    const codes = [...one.edges, ...two.edges].map(({ node }: { node: { code: string } }) => node.code);
    expect(codes).toEqual(['FARUTECH_CRM', 'FARUTECH_ERP', 'FARUTECH_VET']);
    expect([one.totalCount, one.pageInfo.hasNextPage, two.pageInfo.hasNextPage]).toEqual([3, true, false]);
    expect(refusal(await operate(document, { after: 'inventado' }))).toEqual(['INVALID_CURSOR', 'after']);
    expect(refusal(await operate('{ products(first: 101) { totalCount } }'))).toEqual([
      'VALIDATION_FAILED',
      'first',
    ]);
  });

  it('VET_PROFESSIONAL incluye BATCH_CONTROL, en su módulo y su producto', async () => {
    const { data, errors } = await operate(`{
      plan(code: "VET_PROFESSIONAL") {
        version price currency interval product { code }
        includedFeatures { code module { code product { code } } }
      }
    }`);

    expect(errors).toEqual([]);
    expect(data.plan).toMatchObject({ version: 1, price: '49.90', currency: 'USD', interval: 'MONTH' });
    expect(data.plan.includedFeatures).toContainEqual({
      code: 'BATCH_CONTROL',
      module: { code: 'INVENTORY', product: { code: 'FARUTECH_VET' } },
    });
  });

  it.each<[Role, string | null]>([
    ['PLATFORM_ADMIN', '49.90'],
    ['BILLING', '49.90'],
    ['CUSTOMER_ADMIN', '49.90'],
    ['SUPPORT', null],
    ['CUSTOMER_VIEWER', null],
    ['CHILD_APP', null],
  ])('%s ve el precio: %s', async (role, price) => {
    const { data } = await world.as(
      viewerOf(role),
      '{ product(code: "FARUTECH_VET") { plans { code price } } }',
    );

    expect(data.product.plans).toContainEqual({ code: 'VET_PROFESSIONAL', price });
  });

  it('lo que no existe: null en lo que puede faltar, NOT_FOUND en las listas', async () => {
    const { data, errors } = await operate(
      `query ($odd: String!) {
        a: product(code: "NADA") { id } b: product(id: "nada") { id } c: plan(code: "NADA") { id }
        d: product(code: $odd) { id } e: plan(code: $odd) { id }
      }`,
      { odd: 'NU\u0000LO' },
    );

    expect([data, errors]).toEqual([{ a: null, b: null, c: null, d: null, e: null }, []]);
    expect(refusal(await operate('{ plans(productCode: "NADA") { id } }'))).toEqual([
      'NOT_FOUND',
      'productCode',
    ]);
    expect(refusal(await operate('{ planVersions(code: "NADA") { id } }'))).toEqual(['NOT_FOUND', 'code']);
    expect(refusal(await operate('{ product { id } }'))).toEqual(['VALIDATION_FAILED', 'id']);
  });

  it('las entidades se encuentran por id, y una referencia mala no estropea las demás', async () => {
    const { data: known } = await operate(
      '{ product(code: "FARUTECH_VET") { id modules { id code features { id code } } plans { id code } } }',
    );
    const { id, modules, plans } = known.product;
    const representations = [
      { __typename: 'Product', id },
      { __typename: 'Product', id: 'no-es-un-uuid' },
      { __typename: 'Product', id: id.toUpperCase() },
      { __typename: 'Module', id: modules[0].id },
      { __typename: 'Feature', id: modules[0].features[0].id },
      { __typename: 'Plan', id: plans[0].id },
      { __typename: 'Plan', id: '0195a000-0000-7000-8000-00000000ffff' },
    ];

    const { data, errors } = await operate(
      `query ($representations: [_Any!]!) { _entities(representations: $representations) {
        ... on Product { code } ... on Module { code } ... on Feature { code } ... on Plan { code }
      } }`,
      { representations },
    );

    expect(errors).toEqual([]);
    expect(data._entities).toEqual([
      { code: 'FARUTECH_VET' },
      null,
      { code: 'FARUTECH_VET' },
      { code: modules[0].code },
      { code: modules[0].features[0].code },
      { code: plans[0].code },
      null,
    ]);
  });

  it('sin la palabra del gateway no se entra', async () => {
    const stranger = catalogClient(new Secret('otro-secreto-que-no-es-el-del-gateway-real'));

    const answer = await stranger(world.url, viewerOf('PLATFORM_ADMIN'), '{ products { totalCount } }');

    expect(refusal(answer)[0]).toBe('UNAUTHENTICATED');
  });
});
