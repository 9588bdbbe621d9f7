import { describe, expect, it } from 'vitest';
import { parseFeatureCode, parsePlanCode } from './catalog-code.ts';
import { parseDescription, parseMaxUsers, parseName, parseProductVersion } from './catalog-text.ts';

const refusal = (field: string) => expect.objectContaining({ code: 'VALIDATION_FAILED', field });

describe('los códigos del catálogo', () => {
  it.each(['A', 'BATCH_CONTROL', 'VET_2', 'A'.repeat(64)])('acepta %s', (raw) => {
    expect(parseFeatureCode(raw, 'code')).toBe(raw);
  });

  it.each(['', 'batch', '_A', '2A', 'A.B', 'A B', 'Ñ', 'A>', 'A'.repeat(65), 'A\n'])(
    'rechaza «%s»',
    (raw) => {
      expect(() => parsePlanCode(raw, 'code')).toThrow(refusal('code'));
    },
  );
});

describe('los textos del catálogo', () => {
  it('recorta el nombre y acepta tildes', () => {
    expect(parseName('  Historia clínica ', 'name')).toBe('Historia clínica');
  });

  it.each(['', '   ', 'a\u0000b', 'dos\nlíneas', '\ud800', 'x'.repeat(121)])(
    'rechaza un nombre que no es una línea guardable (%j)',
    (raw) => {
      expect(() => parseName(raw, 'name')).toThrow(refusal('name'));
    },
  );

  it('una descripción puede estar vacía o tener varias líneas, no caracteres de control', () => {
    expect(parseDescription('uno\ndos', 'description')).toBe('uno\ndos');
    expect(parseDescription('', 'description')).toBe('');
    expect(() => parseDescription('a\u0007', 'description')).toThrow(refusal('description'));
    expect(() => parseDescription('\udfff', 'description')).toThrow(refusal('description'));
  });

  it.each([0, -1, 1.5, 1_000_001, Number.NaN])('no hay planes de %d usuarios', (raw) => {
    expect(() => parseMaxUsers(raw, 'maxUsers')).toThrow(refusal('maxUsers'));
  });

  it('una versión es corta y sin espacios', () => {
    expect(parseProductVersion('1.0.0-rc.1', 'version')).toBe('1.0.0-rc.1');
    expect(() => parseProductVersion('1 0', 'version')).toThrow(refusal('version'));
  });
});
