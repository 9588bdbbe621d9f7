import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { limits, refuseTooComplex } from './structure.ts';

const schema = buildSchema(`
  type Query {
    instances(first: Int = 50, after: String): InstanceConnection!
    instance(id: ID!): Instance
    plans: [Plan!]!
  }
  type InstanceConnection { edges: [InstanceEdge!]! nodes: [Instance!]! pageInfo: PageInfo! totalCount: Int }
  type InstanceEdge { node: Instance! cursor: String! }
  type PageInfo { hasNextPage: Boolean! }
  type Instance { id: ID! plan: Plan parent: Instance operations(first: Int = 20): OperationConnection! }
  type OperationConnection { edges: [OperationEdge!]! }
  type OperationEdge { node: Operation! }
  type Operation { id: ID! steps: [Step!]! }
  type Step { name: String! }
  type Plan { code: String! features: [Feature!]! }
  type Feature { code: String! plan: Plan! }
`);

const codeOf = (query: string, variables: Record<string, unknown> = {}): unknown =>
  refuseTooComplex(schema, parse(query), variables)?.extensions.code;
const messageOf = (query: string, variables: Record<string, unknown> = {}): string | undefined =>
  refuseTooComplex(schema, parse(query), variables)?.message;

const deep = (levels: number): string =>
  `{ instance(id: 1) ${'{ parent '.repeat(levels - 2)}{ id }${' }'.repeat(levels - 2)} }`;

describe('lo que cabe y lo que no', () => {
  it.each([
    ['quince niveles', deep(limits.depth), undefined],
    ['dieciséis niveles', deep(limits.depth + 1), 'QUERY_TOO_COMPLEX'],
    [
      'cincuenta instancias con su plan y sus características',
      '{ instances(first: 50) { edges { node { id plan { code features { code } } } } pageInfo { hasNextPage } } }',
      undefined,
    ],
    [
      'cien por cien',
      '{ instances(first: 100) { edges { node { operations(first: 100) { edges { node { id } } } } } } }',
      'QUERY_TOO_COMPLEX',
    ],
    [
      'cien por cien, por nodos',
      '{ instances(first: 100) { nodes { operations(first: 100) { edges { node { id } } } } } }',
      'QUERY_TOO_COMPLEX',
    ],
    [
      'listas dentro de listas',
      '{ plans { features { plan { features { plan { features { plan { features { code } } } } } } } } }',
      'QUERY_TOO_COMPLEX',
    ],
  ])('%s', (_what, query, code) => {
    expect(codeOf(query)).toBe(code);
  });

  it('el tamaño de la página cuenta también si viene en una variable o por omisión', () => {
    const query =
      'query ($n: Int) { instances(first: $n) { edges { node { operations(first: 100) { edges { node { steps { name } } } } } } } }';
    expect(codeOf(query, { n: 5 })).toBeUndefined();
    expect(codeOf(query, { n: 100 })).toBe('QUERY_TOO_COMPLEX');
    expect(codeOf(query)).toBe('QUERY_TOO_COMPLEX');
    expect(codeOf(query, { n: -1_000 })).toBe('QUERY_TOO_COMPLEX');
  });

  it('esconderlo en fragmentos no lo abarata', () => {
    const fragments =
      'fragment N on InstanceEdge { node { ...O } } fragment O on Instance { operations(first: 100) { edges { node { id } } } }';
    expect(codeOf(`{ instances(first: 100) { edges { ...N } } } ${fragments}`)).toBe('QUERY_TOO_COMPLEX');
    expect(codeOf(`{ instances(first: 10) { edges { ...N } } } ${fragments}`)).toBeUndefined();
  });

  it('los alias de dentro de un fragmento cuentan cada vez que se usa', () => {
    const aliases = Array.from({ length: 26 }, (_, n) => `a${n}: id`).join(' ');
    const query = `{ x: instance(id: 1) { ...F } y: instance(id: 2) { ...F } } fragment F on Instance { ${aliases} }`;
    expect(messageOf(query)).toContain('54 aliases');
  });

  it('un fragmento que se llama a sí mismo no cuelga', () => {
    expect(
      codeOf('{ ...A } fragment A on Query { ...B } fragment B on Query { ...A instance(id: 1) { id } }'),
    ).toBeUndefined();
  });

  it('la introspección entera cabe', () => {
    const levels =
      '{ fields { type { ofType { ofType { ofType { ofType { ofType { ofType { ofType { name } } } } } } } } } }';
    expect(codeOf(`{ __schema { types ${levels} } }`)).toBeUndefined();
  });

  it('una operación del documento que no se va a correr tampoco se cuela', () => {
    expect(codeOf(`query A { plans { code } } query B ${deep(40)}`)).toBe('QUERY_TOO_COMPLEX');
  });
});
