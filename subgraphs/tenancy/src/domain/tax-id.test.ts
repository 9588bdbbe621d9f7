import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCountry } from './country.ts';
import { checkDigitOfNit } from './tax-id/colombia.ts';
import { checkDigitOfRuc } from './tax-id/peru.ts';
import { parseTaxId } from './tax-id.ts';

const refusal = expect.objectContaining({ code: 'INVALID_TAX_ID', field: 'taxId' });
const parse = (country: string, raw: string): string => parseTaxId(raw, parseCountry(country));

describe('el NIT de Colombia', () => {
  it.each([
    ['890.900.608-9', '890900608-9'],
    ['890903938 8', '890903938-8'],
    ['800197268-4', '800197268-4'],
    ['8001972684', '800197268-4'],
  ])('%s se guarda como %s', (raw, normal) => {
    expect(parse('CO', raw)).toBe(normal);
  });

  it.each(['890900608-8', '890900608', 'ABC', '', '12-3', '890900608-99'])('«%s» no lo es', (raw) => {
    expect(() => parse('CO', raw)).toThrow(refusal);
  });

  it('de cada cuerpo, un solo dígito de verificación vale', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100_000_000, max: 999_999_999 }), (body) => {
        const valid = [...Array(10).keys()].filter((digit) => {
          try {
            return parse('CO', `${body}-${digit}`) === `${body}-${digit}`;
          } catch {
            return false;
          }
        });
        expect(valid).toEqual([checkDigitOfNit(String(body))]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('el RFC de México', () => {
  it.each([
    ['gode561231gr8', 'GODE561231GR8'],
    ['WMT-970714-R10', 'WMT970714R10'],
    ['XAXX010101000', 'XAXX010101000'],
    ['Ñ&Ñ000229AB1', 'Ñ&Ñ000229AB1'],
  ])('%s se guarda como %s', (raw, normal) => {
    expect(parse('MX', raw)).toBe(normal);
  });

  it.each(['GODE561331GR8', 'GODE560230GR8', 'GO561231GR8', 'GODE561231GR', '1234567890123'])(
    '%s no lo es',
    (raw) => {
      expect(() => parse('MX', raw)).toThrow(refusal);
    },
  );
});

describe('el RUC del Perú', () => {
  it.each(['20100070970', '20131312955', '20100047218'])('%s lo es', (raw) => {
    expect(parse('PE', raw)).toBe(raw);
  });

  it.each(['20100070971', '30100070970', '2010007097', '201000709700'])('%s no lo es', (raw) => {
    expect(() => parse('PE', raw)).toThrow(refusal);
  });

  it('un dígito equivocado se nota', () => {
    const body = '2010007097';
    const wrong = (checkDigitOfRuc(body) + 1) % 10;
    expect(() => parse('PE', `${body}${wrong}`)).toThrow(refusal);
  });
});

describe('el número fiscal de otro país', () => {
  it('se guarda sin lo que la gente pone en medio', () => {
    expect(parse('ES', 'b-12.345.678')).toBe('B12345678');
    expect(parse('cl', '76.123.456-K')).toBe('76123456K');
  });

  it.each(['ABC', 'SOLOLETRAS', '1', '<script>1234', '123456789012345678901'])('«%s» no lo es', (raw) => {
    expect(() => parse('ES', raw)).toThrow(refusal);
  });

  it('ningún texto hace otra cosa que valer o ser INVALID_TAX_ID', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('CO', 'MX', 'PE', 'ES'), (raw, country) => {
        try {
          expect(parse(country, parse(country, raw))).toBe(parse(country, raw));
        } catch (error) {
          expect(error).toEqual(refusal);
        }
      }),
    );
  });
});

describe('el país', () => {
  it.each(['XX', 'EU', 'UK', 'COL', ''])('«%s» no está en ISO 3166-1', (raw) => {
    expect(() => parseCountry(raw)).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED', field: 'country' }),
    );
  });
});
