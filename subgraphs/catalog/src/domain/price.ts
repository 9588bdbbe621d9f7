import type { Brand } from '@farutech/kernel/brand';
import { invalid } from '@farutech/kernel/errors';
import { Decimal } from 'decimal.js';
import { type Currency, minorDigits } from './currency.ts';

/** Un importe exacto, siempre con los decimales de su moneda: dos precios iguales son el mismo texto. */
export type Price = Brand<string, 'Price'>;

/** La columna es numeric(19, 4): quince cifras enteras. */
const form = /^\d{1,15}(\.\d{1,10})?$/;

export function parsePrice(raw: string, currency: Currency, field: string): Price {
  if (!form.test(raw)) {
    throw invalid(field, `${field} must be an amount such as "49.90", not below zero, of at most 15 digits.`);
  }
  const amount = new Decimal(raw);
  const digits = minorDigits(currency);
  if (amount.decimalPlaces() > digits) {
    throw invalid(field, `${field} has more decimals than ${currency} has: ${digits}.`);
  }
  return amount.toFixed(digits) as Price;
}
