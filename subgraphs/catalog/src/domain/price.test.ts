import { DomainError } from '@farutech/kernel/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minorDigits, parseCurrency } from './currency.ts';
import { parsePrice } from './price.ts';

const usd = parseCurrency('USD', 'currency');

describe('el precio de un plan', () => {
  it.each([
    ['49.9', 'USD', '49.90'],
    ['49.90', 'USD', '49.90'],
    ['0', 'USD', '0.00'],
    ['0049.5000', 'USD', '49.50'],
    ['189000', 'COP', '189000.00'],
    ['5000', 'CLP', '5000'],
    ['12.3456', 'CLF', '12.3456'],
    ['1.5', 'KWD', '1.500'],
    ['999999999999999', 'USD', '999999999999999.00'],
  ])('%s %s se escribe %s', (raw, currency, written) => {
    expect(parsePrice(raw, parseCurrency(currency, 'currency'), 'price')).toBe(written);
  });

  it.each([
    ['-1', 'USD'],
    ['49.905', 'USD'],
    ['10.5', 'CLP'],
    ['1e3', 'USD'],
    ['', 'USD'],
    ['1000000000000000', 'USD'],
    ['49,90', 'USD'],
  ])('rechaza «%s» %s y dice el campo', (raw, currency) => {
    expect(() => parsePrice(raw, parseCurrency(currency, 'currency'), 'price')).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED', field: 'price' }),
    );
  });

  it('el mismo importe es siempre el mismo texto, y leerlo otra vez no lo cambia', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 17n - 1n }), (cents) => {
        const text = `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
        expect(parsePrice(text, usd, 'price')).toBe(text);
        expect(parsePrice(`${text}00`, usd, 'price')).toBe(text);
      }),
    );
  });
});

describe('la moneda', () => {
  it('conoce los decimales de cada una', () => {
    const digits = (code: string): number => minorDigits(parseCurrency(code, 'currency'));

    expect([digits('CLP'), digits('COP'), digits('TND'), digits('UYW')]).toEqual([0, 2, 3, 4]);
  });

  it.each(['usd', 'XXX', 'DEM', ''])('«%s» no es una moneda vigente', (raw) => {
    expect(() => parseCurrency(raw, 'currency')).toThrow(DomainError);
  });
});
