import { describe, expect, it } from 'vitest';
import { parseSettings } from './tenant-setting.ts';

const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
const one = (value: unknown, key = 'k') => parseSettings([{ key, value }])[0];

describe('los ajustes de una instancia', () => {
  it.each(['locale', 'invoice.footer', 'Theme-Color', 'x1_y2', 'k'.repeat(64)])('la clave %s vale', (key) => {
    expect(one(1, key)?.key).toBe(key);
  });

  it.each(['', ' locale', '1a', 'a..b', '.a', 'a.', 'á', 'a/b', '__proto__', 'k'.repeat(65)])(
    'la clave «%s» no',
    (key) => {
      expect(() => one(1, key)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED', field: 'key' }));
    },
  );

  it.each([null, true, 0, -1.5, '', 'ñ 🐾', [], { a: [1, { b: null }] }, nested(31)])(
    'el valor %j vale',
    (value) => {
      expect(JSON.parse(one(value)?.value ?? '')).toEqual(value);
    },
  );

  it('16 KB justos valen y un byte más, no: se cuentan bytes y no letras', () => {
    const exact = 'ñ'.repeat((16 * 1024 - 2) / 2);

    expect(one(exact)?.value).toHaveLength(exact.length + 2);
    expect(() => one(`${exact}a`)).toThrow(expect.objectContaining({ field: 'value' }));
  });

  it.each([
    ['el carácter nulo', 'a\0'],
    ['medio carácter', '\ud800'],
    ['medio carácter en un nombre', { '\udc00': 1 }],
    ['un número que no cabe', Number.POSITIVE_INFINITY],
    ['lo que no es JSON', 10n],
    ['demasiados niveles', nested(33)],
  ])('%s no se guarda', (_, value) => {
    expect(() => one(value)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED', field: 'value' }));
  });

  it('de una vez, de 1 a 50 y ninguna clave repetida', () => {
    const some = (count: number) => Array.from({ length: count }, (_, n) => ({ key: `k${n}`, value: n }));

    expect(parseSettings(some(50))).toHaveLength(50);
    expect(() => parseSettings(some(51))).toThrow(expect.objectContaining({ field: 'settings' }));
    expect(() => parseSettings([])).toThrow(expect.objectContaining({ field: 'settings' }));
    expect(() => parseSettings([...some(2), ...some(1)])).toThrow(expect.objectContaining({ field: 'key' }));
  });
});
