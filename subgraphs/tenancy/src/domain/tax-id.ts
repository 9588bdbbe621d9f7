import type { Brand } from '@farutech/kernel/brand';
import { DomainError } from '@farutech/kernel/errors';
import type { Country } from './country.ts';
import { colombia } from './tax-id/colombia.ts';
import { mexico } from './tax-id/mexico.ts';
import { otherCountry } from './tax-id/other-country.ts';
import { peru } from './tax-id/peru.ts';
import type { TaxIdRule } from './tax-id/tax-id-rule.ts';

/** Como lo escribe su país: números iguales son textos iguales. */
export type TaxId = Brand<string, 'TaxId'>;

/** Un país con regla propia es un fichero más y una línea aquí. */
const rules: Readonly<Record<string, TaxIdRule>> = { CO: colombia, MX: mexico, PE: peru };

/** Sin lo que la gente pone entre los caracteres. De esto están hechos la igualdad y el índice ciego. */
export const compactTaxId = (raw: string): string =>
  raw
    .normalize('NFC')
    .toUpperCase()
    .replace(/[\s.\-/–—]/g, '');

export function parseTaxId(raw: string, country: Country): TaxId {
  const rule = rules[country] ?? otherCountry;
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
