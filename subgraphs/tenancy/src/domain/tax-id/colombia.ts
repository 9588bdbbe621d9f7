import type { TaxIdRule } from './tax-id-rule.ts';

// DIAN, orden administrativa 4 de 1989: los pesos, de la última cifra a la primera.
const weights = [3, 7, 13, 17, 19, 23, 29, 37, 41, 43];

export function checkDigitOfNit(body: string): number {
  const sum = [...body]
    .reverse()
    .reduce((total, digit, index) => total + Number(digit) * (weights[index] ?? 0), 0);
  const rest = sum % 11;
  return rest < 2 ? rest : 11 - rest;
}

/** "890.900.608-9" → "890900608-9". `null` cuando no es ninguno. */
function normalise(compact: string): string | null {
  // Una persona natural tiene de NIT su cédula, de 6 a 10 cifras; una empresa, 9.
  const [, body, digit] = /^(\d{6,10})(\d)$/.exec(compact) ?? [];
  if (body === undefined || checkDigitOfNit(body) !== Number(digit)) return null;
  return `${body}-${digit}`;
}

export const colombia: TaxIdRule = {
  normalise,
  hint: 'a NIT with its check digit, such as "890900608-9"',
};
