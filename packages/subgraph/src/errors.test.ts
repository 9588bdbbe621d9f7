import { DomainError } from '@farutech/kernel/errors';
import { createLogger } from '@farutech/runtime/logger';
import { GraphQLError, graphql, parse, validate } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FederatedSchema } from './build-schema.ts';
import { formatError, withCode } from './errors.ts';
import { buildTinySchema, type TinyContext, viewerWith } from './testing/tiny-subgraph.ts';

const correlationId = '01890000-0000-7000-8000-000000000000';
const lines: string[] = [];
const log = createLogger('test', { write: (line) => lines.push(line) });
const report = { correlationId, log };

let built: FederatedSchema;
beforeAll(async () => {
  built = await buildTinySchema();
});

const contextValue: TinyContext = {
  viewer: viewerWith('PLATFORM_ADMIN'),
  correlationId,
  log,
  serial: 1,
  auditRefusal: () => Promise.resolve(),
};

async function shown(source: string, variableValues: Record<string, unknown> = {}) {
  const faults = validate(built.schema, parse(source)).map((it) => withCode(it, 'GRAPHQL_VALIDATION_FAILED'));
  const result =
    faults.length > 0
      ? { errors: faults }
      : await graphql({ schema: built.schema, source, contextValue, variableValues });
  return result.errors?.map((error) => formatError(error, report).extensions);
}

describe('cómo se muestra un error', () => {
  it('un DomainError, con su código y su campo, por muy envuelto que esté', () => {
    const cause = new DomainError('TAX_ID_TAKEN', 'Another customer has it.', 'taxId');
    const wrapped = new GraphQLError('x', { originalError: new GraphQLError('y', { originalError: cause }) });

    expect(formatError(wrapped, report)).toEqual({
      message: 'Another customer has it.',
      extensions: { code: 'TAX_ID_TAKEN', field: 'taxId', correlationId },
    });
  });

  it('cualquier otra cosa, enmascarada y anotada una sola vez', async () => {
    lines.length = 0;

    const [extensions] = (await shown('{ secretFailure }')) ?? [];

    expect(extensions).toEqual({ code: 'INTERNAL', correlationId });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('ECONNREFUSED');
  });

  it('también lo que no es un Error, y los códigos ajenos', () => {
    const foreign = new GraphQLError('secret', { extensions: { code: 'SOMETHING_ELSE', dsn: 'secret' } });
    for (const odd of ['secret', null, foreign]) {
      const formatted = formatError(odd, report);
      expect(formatted.extensions).toEqual({ code: 'INTERNAL', correlationId });
      expect(JSON.stringify(formatted)).not.toContain('secret');
    }
  });
});

describe('un valor mal puesto es VALIDATION_FAILED sobre su campo', () => {
  const add = 'mutation ($input: NewItemInput!) { addItem(input: $input) { id } }';

  it.each<[string, string, string, Record<string, unknown>]>([
    ['una variable de otro tipo', 'first', 'query ($n: Int) { items(first: $n) { totalCount } }', { n: 'x' }],
    ['una variable que falta', 'id', 'query ($x: ID!) { item(id: $x) { id } }', {}],
    ['una fecha', 'at', 'query ($x: DateTime) { item(id: "1", at: $x) { id } }', { x: 'ayer' }],
    ['dentro de una entrada', 'price', add, { input: { name: 'x', price: 49.9 } }],
    ['una enumeración', 'interval', add, { input: { name: 'x', price: '1', interval: 'WEEK' } }],
    ['un campo de la entrada que falta', 'price', add, { input: { name: 'x' } }],
    ['toda la entrada', 'input', add, { input: 5 }],
    [
      'una variable dentro de una entrada',
      'price',
      'mutation ($p: Decimal!) { addItem(input: { name: "x", price: $p }) { id } }',
      { p: 'x' },
    ],
    ['un literal', 'first', '{ items(first: "x") { totalCount } }', {}],
    ['un literal que da el escalar', 'at', '{ item(id: "1", at: "ayer") { id } }', {}],
    [
      'un literal dentro de una entrada',
      'price',
      'mutation { addItem(input: { name: "x", price: "1e5" }) { id } }',
      {},
    ],
    ['un campo que falta en un literal', 'price', 'mutation { addItem(input: { name: "x" }) { id } }', {}],
    ['lo que niega el dominio', 'name', add, { input: { name: '', price: '1' } }],
  ])('%s', async (_name, field, source, variables) => {
    expect(await shown(source, variables)).toEqual([{ code: 'VALIDATION_FAILED', field, correlationId }]);
  });

  it('el texto no repite la entrada', async () => {
    const source = add;
    const variableValues = { input: { name: 'Grupo Éxito 900.123.456', price: 'x' } };
    const result = await graphql({ schema: built.schema, source, contextValue, variableValues });

    const [formatted] = result.errors?.map((error) => formatError(error, report)) ?? [];

    expect(formatted?.message).toMatch(/^price: Decimal must be a string/);
    expect(formatted?.message).not.toContain('Éxito');
  });

  it('un documento mal hecho conserva su código', async () => {
    expect(await shown('{ nope }')).toEqual([{ code: 'GRAPHQL_VALIDATION_FAILED', correlationId }]);
    expect(await shown('query ($unused: Int) { items { totalCount } }')).toEqual([
      { code: 'GRAPHQL_VALIDATION_FAILED', correlationId },
    ]);
  });
});
