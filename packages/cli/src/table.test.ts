import { expect, it } from 'vitest';
import { counted, pairs, table } from './table.ts';

it('alinea por el ancho que se ve, también con tildes sueltas', () => {
  const decomposed = 'Grupo E\u0301xito';

  expect(
    table(
      ['name', 'n'],
      [
        [decomposed, '3'],
        ['Los Cedros', '1'],
      ],
    ).split('\n'),
  ).toEqual(['NAME         N', 'Grupo Éxito  3', 'Los Cedros   1']);
});

it('sin filas quedan los títulos', () => {
  expect(table(['code', 'name'], [])).toBe('CODE  NAME');
});

it('cuenta en singular y en plural', () => {
  expect([0, 1, 2].map((count) => counted(count, 'fact'))).toEqual(['0 facts', '1 fact', '2 facts']);
});

it('pone en columna nombres y valores', () => {
  expect(
    pairs(
      [
        ['a', 'one'],
        ['long', 'two'],
      ],
      '  ',
    ),
  ).toBe('  a      one\n  long   two');
});
