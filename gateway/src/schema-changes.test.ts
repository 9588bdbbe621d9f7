import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { schemaChanges } from './schema-changes.ts';

const released = `
  type Query { plan(code: String!): Plan plans(first: Int = 50): [Plan!]! }
  type Mutation { publish(input: PublishInput!): Plan! }
  type Plan { code: String! version: Int! price: String type: PlanType! }
  enum PlanType { STANDARD PROFESSIONAL ENTERPRISE }
  input PublishInput { code: String! maxUsers: Int }
`;

function changed(...edits: readonly (readonly [string, string])[]) {
  let next = released;
  for (const [from, to] of edits) {
    if (!next.includes(from)) throw new TypeError(`no está: ${from}`);
    next = next.replace(from, to);
  }
  return schemaChanges(buildSchema(released), buildSchema(next));
}

it('el mismo esquema no cambia nada', () => {
  expect(changed()).toEqual({ breaking: [], dangerous: [] });
});

it.each([
  ['quitar un campo', ['price: String ', ''], 'FIELD_REMOVED: Plan.price was removed.'],
  ['quitar un tipo', ['type: PlanType! }', '}'], 'FIELD_REMOVED: Plan.type was removed.'],
  [
    'cambiar un tipo',
    ['version: Int!', 'version: String!'],
    'FIELD_CHANGED_KIND: Plan.version changed type from Int! to String!.',
  ],
  [
    'dejar de prometer que no es null',
    ['code: String! version', 'code: String version'],
    'FIELD_CHANGED_KIND: Plan.code changed type from String! to String.',
  ],
  [
    'quitar un valor de un enum',
    ['PROFESSIONAL ', ''],
    'VALUE_REMOVED_FROM_ENUM: PROFESSIONAL was removed from enum type PlanType.',
  ],
  [
    'pedir un argumento nuevo',
    ['plan(code: String!)', 'plan(code: String!, version: Int!)'],
    'REQUIRED_ARG_ADDED: A required arg version on Query.plan was added.',
  ],
  [
    'exigir lo que era opcional en una entrada',
    ['maxUsers: Int', 'maxUsers: Int!'],
    'FIELD_CHANGED_KIND: PublishInput.maxUsers changed type from Int to Int!.',
  ],
  [
    'pedir un campo nuevo en una entrada',
    ['maxUsers: Int', 'maxUsers: Int price: String!'],
    'REQUIRED_INPUT_FIELD_ADDED: A required field price on input type PublishInput was added.',
  ],
] as const)('%s rompe a quien ya lo usa', (_, edit, change) => {
  expect(changed(edit).breaking).toEqual([change]);
});

it('quitar una mutación rompe, y se dice una vez por cada cosa que falta', () => {
  const { breaking } = changed(
    ['type Mutation { publish(input: PublishInput!): Plan! }', ''],
    ['input PublishInput { code: String! maxUsers: Int }', ''],
  );

  expect(breaking).toEqual([
    'TYPE_REMOVED: Mutation was removed.',
    'TYPE_REMOVED: PublishInput was removed.',
  ]);
});

it.each([
  [
    'un valor nuevo en un enum',
    ['ENTERPRISE', 'ENTERPRISE CUSTOM'],
    'VALUE_ADDED_TO_ENUM: CUSTOM was added to enum type PlanType.',
  ],
  [
    'otro valor por omisión',
    ['first: Int = 50', 'first: Int = 20'],
    'ARG_DEFAULT_VALUE_CHANGE: Query.plans arg first has changed defaultValue from 50 to 20.',
  ],
] as const)('%s solo se avisa', (_, edit, change) => {
  expect(changed(edit)).toEqual({ breaking: [], dangerous: [change] });
});

it('añadir un campo o un tipo no rompe ni sorprende', () => {
  expect(
    changed(
      ['price: String', 'price: String currency: Currency'],
      ['enum', 'type Currency { code: String } enum'],
    ),
  ).toEqual({
    breaking: [],
    dangerous: [],
  });
});
