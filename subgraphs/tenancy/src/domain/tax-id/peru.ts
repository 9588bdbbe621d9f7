import type { TaxIdRule } from './tax-id-rule.ts';

const weights = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

export function checkDigitOfRuc(body: string): number {
  const sum = [...body].reduce((total, digit, index) => total + Number(digit) * (weights[index] ?? 0), 0);
  return (11 - (sum % 11)) % 10;
}

/**
 * El RUC de la SUNAT: 11 cifras que empiezan por 10, 15, 16, 17 o 20, la última de control. `null` cuando no
 * lo es.
 */
function normalise(compact: string): string | null {
  const [, body, digit] = /^((?:10|15|16|17|20)\d{8})(\d)$/.exec(compact) ?? [];
  if (body === undefined || checkDigitOfRuc(body) !== Number(digit)) return null;
  return compact;
}

export const peru: TaxIdRule = { normalise, hint: 'a RUC of 11 digits, such as "20100070970"' };
