import { parseValue } from 'graphql';
import { describe, expect, it } from 'vitest';
import { DateTime, Decimal } from './scalars.ts';

describe('Decimal', () => {
  it.each(['0', '49.90', '-1.5', '12345678901234567890.1234567891'])('admite %s tal cual', (raw) => {
    expect(Decimal.parseValue(raw)).toBe(raw);
    expect(Decimal.parseLiteral(parseValue(JSON.stringify(raw)))).toBe(raw);
    expect(Decimal.serialize(raw)).toBe(raw);
  });

  it.each(['', '1e5', '1.', '.5', '+1', 'NaN', '1,5', ' 1', '1'.repeat(21), 49.9, null])(
    'rechaza %s',
    (raw) => {
      expect(() => Decimal.parseValue(raw)).toThrow(/Decimal must be a string/);
    },
  );

  it('no sale un número de coma flotante, ni entra como literal', () => {
    expect(() => Decimal.serialize(49.9)).toThrow(/Decimal/);
    expect(() => Decimal.parseLiteral(parseValue('49.9'))).toThrow(/Decimal/);
  });

  it('sale lo que tiene toFixed sin perder cifras', () => {
    expect(Decimal.serialize({ toFixed: () => '0.0000001' })).toBe('0.0000001');
  });
});

describe('DateTime', () => {
  it('sale en UTC con milisegundos', () => {
    expect(DateTime.serialize(new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 6)))).toBe('2026-01-02T03:04:05.006Z');
  });

  it('entra con cualquier desplazamiento y es un Date', () => {
    expect(DateTime.parseValue('2026-01-02T03:04:05-05:00')).toEqual(new Date('2026-01-02T08:04:05Z'));
  });

  it.each(['2026-01-02', '2026-02-30T00:00:00Z', 'ayer', 5])('rechaza %s', (raw) => {
    expect(() => DateTime.parseValue(raw)).toThrow();
  });
});
