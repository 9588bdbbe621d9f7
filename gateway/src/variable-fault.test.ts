import { buildSchema, GraphQLError, getVariableValues, Kind, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { variableFault } from './variable-fault.ts';

const schema = buildSchema(`
  input Address { city: String! floor: Int }
  input Person { name: String! address: Address tags: [String!] }
  type Query { person(person: Person, age: Int, id: ID!): Boolean }
`);

function faultOf(source: string, variables: Record<string, unknown>) {
  const [operation] = parse(source).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError('no es una operación');
  const { errors = [] } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  return errors.map(variableFault);
}

const whole = 'query($p: Person, $i: ID!) { person(person: $p, id: $i) }';

describe('la variable que no cabe', () => {
  it.each([
    ['falta una parte', whole, { p: {}, i: '1' }, 'name'],
    ['una parte es de otro tipo', whole, { p: { name: 7 }, i: '1' }, 'name'],
    ['una parte de una parte', whole, { p: { name: 'Ana', address: {} }, i: '1' }, 'address.city'],
    [
      'un número de una parte',
      whole,
      { p: { name: 'Ana', address: { city: 'Cali', floor: 'x' } }, i: '1' },
      'address.floor',
    ],
    ['una parte que sobra', whole, { p: { name: 'Ana', age: 3 }, i: '1' }, 'person'],
    ['un elemento de una lista', whole, { p: { name: 'Ana', tags: [null] }, i: '1' }, 'tags[0]'],
    ['el argumento entero', whole, { p: 'Ana', i: '1' }, 'person'],
    ['falta el argumento', whole, { p: null }, 'id'],
    [
      'va dentro de un objeto',
      'query($n: Int) { person(person: { name: "Ana", address: { city: "Cali", floor: $n } }, id: 1) }',
      { n: 'x' },
      'address.floor',
    ],
  ] as const)('%s', (_why, source, variables, field) => {
    expect(faultOf(source, variables).map((fault) => fault?.field)).toEqual([field]);
  });

  it('el mensaje dice el motivo y no repite la entrada, que puede llevar datos personales', () => {
    const [fault] = faultOf(whole, { p: { name: 'Ana Pérez', address: { floor: 3 } }, i: '1' });

    expect(fault?.message).toBe('address.city: Field "city" of required type "String!" was not provided.');
  });

  it('lo que trae su código, o no es de una variable, no es asunto suyo', () => {
    const known = new GraphQLError('Variable "$a" …', { extensions: { code: 'NOT_FOUND' } });

    expect(variableFault(known)).toBeNull();
    expect(variableFault(new GraphQLError('otra cosa'))).toBeNull();
  });
});
