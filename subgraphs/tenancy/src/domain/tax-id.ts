import type { Brand } from '@farutech/kernel/brand';
import { DomainError } from '@farutech/kernel/errors';
import type { Country } from './country.ts';
import { normaliseNit } from './tax-id/colombia.ts';
import { normaliseRfc } from './tax-id/mexico.ts';
import { normaliseOther } from './tax-id/other-country.ts';
import { normaliseRuc } from './tax-id/peru.ts';

/** As its country writes it, so that equal ids are equal strings. */
export type TaxId = Brand<string, 'TaxId'>;

interface Rule {
  normalise(compact: string): string | null;
  readonly hint: string;
}

/** Un país con regla propia es un fichero más y una línea aquí. */
const rules: Readonly<Record<string, Rule>> = {
  CO: { normalise: normaliseNit, hint: 'a NIT with its check digit, such as "890900608-9"' },
  MX: { normalise: normaliseRfc, hint: 'an RFC of 12 or 13 characters, such as "GODE561231GR8"' },
  PE: { normalise: normaliseRuc, hint: 'a RUC of 11 digits, such as "20100070970"' },
};
const other: Rule = { normalise: normaliseOther, hint: '4 to 20 letters and digits' };

/** Without what people put between the characters. What equality and the blind index are made of. */
export const compactTaxId = (raw: string): string =>
  raw
    .normalize('NFC')
    .toUpperCase()
    .replace(/[\s.\-/–—]/g, '');

export function parseTaxId(raw: string, country: Country): TaxId {
  const rule = rules[country] ?? other;
  const normal = rule.normalise(compactTaxId(raw));
  if (normal === null) {
    throw new DomainError(
      'INVALID_TAX_ID',
      `taxId is not valid in ${country}: expected ${rule.hint}.`,
      'taxId',
    );
  }
  return normal as TaxId;
}

export const taxIdTaken = (): DomainError =>
  new DomainError('TAX_ID_TAKEN', 'Another customer of this country has this tax id.', 'taxId');
