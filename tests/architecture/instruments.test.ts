import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { nestedQueries } from '../support/nested-queries.ts';
import { parseStatements } from '../support/statement-log.ts';

describe('las consultas anidadas que se generan', () => {
  const schema = buildSchema(`
    type Query { shops(first: Int): ShopConnection!  shop(id: ID!): Shop  offers(code: String!): [Offer!]! }
    type ShopConnection { edges: [ShopEdge!]! pageInfo: PageInfo! totalCount: Int }
    type ShopEdge { node: Shop! cursor: String! }
    type PageInfo { hasNextPage: Boolean! }
    type Shop { id: ID! tags: [String!]! owner: Owner branches(first: Int): BranchConnection! }
    type Owner { name: String! cars: [Car!]! }
    type Car { plate: String! shop: Shop }
    type BranchConnection { edges: [BranchEdge!]! pageInfo: PageInfo! totalCount: Int }
    type BranchEdge { node: Branch! }
    type Branch { id: ID! }
    type Offer { code: String! }`);
  const options = { maxLists: 2, sizes: () => ({ few: 2, many: 20 }), inner: 3, objects: {} };
  const roots = { 'Query.offers': { few: '(code: "A")', many: '(code: "B")' } };
  const queries = nestedQueries(schema, { ...options, roots });
  const named = (name: string) => queries.find((query) => query.name === name);

  it('hay una por cadena de listas, también por detrás de un objeto', () => {
    expect(queries.map(({ name }) => name)).toEqual([
      'Query.shops',
      'Query.shops > Shop.branches',
      'Query.shops > Shop.owner > Owner.cars',
      'Query.offers',
    ]);
  });

  it('y por las listas de un objeto que hay que pedir con algo, si se dice con qué', () => {
    const withShop = nestedQueries(schema, { ...options, roots, objects: { 'Query.shop': '(id: "1")' } });
    const added = withShop.filter(({ path }) => path[0] === 'Query.shop');

    expect(added.map(({ name }) => name)).toEqual(['Query.shop > Shop.branches']);
    expect(added[0]?.many).toBe(
      '{ shop(id: "1") { branches(first: 20) { edges { node { id } } pageInfo { hasNextPage } totalCount } } }',
    );
    expect(added[0]?.rows({ shop: { branches: { edges: [{ node: {} }] } } })).toBe(1);
  });

  it('la última lista se pide entera, con los objetos de cada fila, y solo crece la primera', () => {
    expect(named('Query.shops')?.many).toBe(
      '{ shops(first: 20) { edges { node { id tags owner { name } } } pageInfo { hasNextPage } totalCount } }',
    );
    expect(named('Query.shops > Shop.branches')?.few).toBe(
      '{ shops(first: 2) { edges { node { branches(first: 3) { edges { node { id } } pageInfo { hasNextPage } totalCount } } } pageInfo { hasNextPage } totalCount } }',
    );
    expect(named('Query.shops > Shop.owner > Owner.cars')?.few).toContain(
      'node { owner { cars { plate shop { id tags } } } }',
    );
    expect([named('Query.offers')?.few, named('Query.offers')?.many]).toEqual([
      '{ offers(code: "A") { code } }',
      '{ offers(code: "B") { code } }',
    ]);
  });

  it('cuenta las filas de la última lista, aunque falte lo de en medio', () => {
    const node = (owner: unknown) => ({ node: { owner } });
    const data = { shops: { edges: [node({ cars: [{}, {}] }), node(null), node({ cars: [{}] })] } };

    expect(named('Query.shops > Shop.owner > Owner.cars')?.rows(data)).toBe(3);
  });

  it('una lista cuyos argumentos nadie ha dicho no se salta: se dice', () => {
    expect(() => nestedQueries(schema, { ...options, roots: {} })).toThrow(/Query\.offers pide argumentos/);
  });
});

it('del registro salen las sentencias enteras, con sus parámetros', () => {
  const log = [
    '2026-01-02 03:04:05.678 GMT [12] LOG:  execute <unnamed>: SELECT *\n\tFROM a WHERE b = $1 AND c = $2',
    "2026-01-02 03:04:05.679 GMT [12] DETAIL:  parameters: $1 = 'it''s', $2 = NULL",
    '2026-01-02 03:04:05.680 GMT [13] LOG:  statement: BEGIN',
    '2026-01-02 03:04:05.681 GMT [13] ERROR:  something else',
  ].join('\n');

  expect(parseStatements(log)).toEqual([
    { sql: 'SELECT *\n\tFROM a WHERE b = $1 AND c = $2', parameters: ["it's", null] },
    { sql: 'BEGIN', parameters: [] },
  ]);
});
