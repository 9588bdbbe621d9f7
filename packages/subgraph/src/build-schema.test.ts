import { graphql } from 'graphql';
import { Field, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { quietLog } from '../../../tests/support/quiet-log.ts';
import { VisibleTo } from './authorise.ts';
import { buildFederatedSchema, type FederatedSchema } from './build-schema.ts';
import {
  buildTinySchema,
  countsAsked,
  items,
  type TinyContext,
  viewerWith,
} from './testing/tiny-subgraph.ts';

let built: FederatedSchema;
beforeAll(async () => {
  built = await buildTinySchema();
});

const context = (...roles: Parameters<typeof viewerWith>): TinyContext => ({
  viewer: viewerWith(...roles),
  correlationId: '01890000-0000-7000-8000-000000000000',
  log: quietLog('test'),
  serial: 1,
  auditRefusal: () => Promise.resolve(),
});

const run = async (source: string, as: TinyContext, variableValues = {}) => {
  const result = await graphql({ schema: built.schema, source, contextValue: as, variableValues });
  return JSON.parse(JSON.stringify(result));
};

describe('el SDL de un subgrafo', () => {
  it('lleva la cabecera de federación, las claves y PageInfo compartible', () => {
    expect(built.sdl).toMatch(/^extend schema @link\(url: "https:\/\/specs\.apollo\.dev\/federation\/v2\.9"/);
    expect(built.sdl).toContain('type Item @key(fields: "id") {');
    expect(built.sdl).toContain('type PageInfo @shareable {');
  });

  it('conserva descripciones, obsolescencias y valores por defecto', () => {
    expect(built.sdl).toContain('"""What is sold."""\ntype Item');
    expect(built.sdl).toContain('title: String! @deprecated(reason: "Use name.")');
    expect(built.sdl).toMatch(
      /"""Once a year\."""\n {2}YEAR @deprecated\(reason: "Sold by the month now\."\)/,
    );
    expect(built.sdl).toContain('interval: Interval! = MONTH');
    expect(built.sdl).toContain('items(first: Int = 50, after: String): ItemConnection!');
    expect(built.sdl).toContain('"""Newest first."""');
    expect(built.sdl).toMatch(
      /"""One page of a list of Item\."""\ntype ItemConnection \{\n {2}""".+"""\n {2}edges: \[ItemEdge!\]!/,
    );
    expect(built.sdl).toContain('  totalCount: Int\n}');
  });

  it('no depende del orden de carga: las operaciones y los tipos van por nombre', async () => {
    const types = [...built.sdl.matchAll(/^(?:type|enum|input|scalar) (\w+)/gm)].map(([, name]) => name);
    const [query, mutation, subscription, ...rest] = types;

    expect([query, mutation, subscription]).toEqual(['Query', 'Mutation', 'Subscription']);
    expect(rest).toEqual([...rest].sort());
    expect((await buildTinySchema()).sdl).toBe(built.sdl);
  });
});

describe('lo que responde el esquema federado', () => {
  it('los campos @VisibleTo son nulos para los demás papeles', async () => {
    const source = `{ items(first: 1) { edges { node { name price createdAt } } } }`;

    expect((await run(source, context('BILLING'))).data.items.edges[0].node).toEqual({
      name: 'item 3',
      price: '3.90',
      createdAt: '2026-01-03T00:00:00.000Z',
    });
    expect((await run(source, context('CHILD_APP'))).data.items.edges[0].node.price).toBeNull();
  });

  it('totalCount solo se cuenta si se pide', async () => {
    const before = countsAsked();
    const page = await run(
      '{ items(first: 2) { edges { cursor } pageInfo { hasNextPage endCursor } } }',
      context('SUPPORT'),
    );
    expect(countsAsked()).toBe(before);
    expect(page.data.items.pageInfo).toEqual({
      hasNextPage: true,
      endCursor: page.data.items.edges[1].cursor,
    });

    const counted = await run('{ items(first: 2) { totalCount } }', context('SUPPORT'));
    expect(counted.data.items.totalCount).toBe(3);
    expect(countsAsked()).toBe(before + 1);
  });

  it('un valor por defecto de enumeración llega al resolver como su nombre', async () => {
    const added = await run(
      'mutation ($input: NewItemInput!) { addItem(input: $input) { interval price } }',
      context('PLATFORM_ADMIN', 'BILLING'),
      { input: { name: 'x', price: '1.50' } },
    );

    expect(added).toEqual({ data: { addItem: { interval: 'MONTH', price: '1.50' } } });
  });

  it('una referencia rota anula su entidad y ninguna otra', async () => {
    const representations = [items[0]?.id, 'broken', 'absent'].map((id) => ({ __typename: 'Item', id }));
    const { data, errors } = await run(
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Item { name } } }',
      context('CHILD_APP'),
      { representations },
    );

    expect(data._entities).toEqual([{ name: 'item 3' }, null, null]);
    expect(errors).toHaveLength(1);
    expect(errors[0].path).toEqual(['_entities', 1]);
  });
});

describe('lo que se niega a construir', () => {
  it('una enumeración cuyo valor no es su nombre', async () => {
    const Odd = { ONE: 'uno' } as const;
    registerEnumType(Odd, { name: 'Odd' });
    @Resolver()
    class OddResolver {
      @Query(() => Odd)
      odd(): string {
        return Odd.ONE;
      }
    }

    await expect(buildFederatedSchema({ resolvers: [OddResolver] }, {})).rejects.toThrow(/Odd\.ONE/);
  });

  it('un campo @VisibleTo que no puede ser nulo', async () => {
    @ObjectType()
    class Leaky {
      @VisibleTo('BILLING')
      @Field(() => String)
      taxId!: string;
    }
    @Resolver()
    class LeakyResolver {
      @Query(() => Leaky)
      leaky(): Leaky {
        return { taxId: '1' };
      }
    }

    await expect(buildFederatedSchema({ resolvers: [LeakyResolver] }, {})).rejects.toThrow(/Leaky\.taxId/);
  });
});
