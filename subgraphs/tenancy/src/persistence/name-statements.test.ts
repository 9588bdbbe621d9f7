import { describe, expect, it } from 'vitest';
import { nameStatements } from './name-statements.ts';

describe('los nombres de las sentencias', () => {
  it('la misma tiene siempre el mismo, y dos distintas nunca: pg se niega a repetir un nombre con otro texto', () => {
    const nameOf = nameStatements(10);
    const texts = ['SELECT 1', 'SELECT 2', 'SELECT $1', 'SELECT 1 '];

    const first = texts.map((sql) => nameOf({ sql }));
    const again = texts.map((sql) => nameOf({ sql }));

    expect(again).toEqual(first);
    expect(new Set(first).size).toBe(texts.length);
  });

  it('pasado el tope no se nombra ninguna más, y las que ya lo tenían lo conservan', () => {
    const nameOf = nameStatements(2);
    const [one, two, three] = ['a', 'b', 'c'].map((sql) => nameOf({ sql }));

    expect([one, two].every((name) => name !== '')).toBe(true);
    expect(three).toBe('');
    expect(nameOf({ sql: 'a' })).toBe(one);
  });
});
