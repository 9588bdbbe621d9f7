import type { TaxIdRule } from './tax-id-rule.ts';

const form = /^[A-ZÑ&]{3,4}(\d{2})(\d{2})(\d{2})[A-Z0-9]{2}[0-9A]$/;

/**
 * RFC of a company (12) or of a person (13). `null` when it is none. Se comprueba la forma y la fecha, no el
 * dígito: el SAT ha emitido claves, entre ellas las genéricas XAXX010101000 y XEXX010101000, que no lo cumplen.
 */
function normalise(compact: string): string | null {
  const [, year, month, day] = form.exec(compact) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  // El siglo no consta: 2000 + año es bisiesto cuando lo es 1900 + año, salvo 1900, que ninguna clave viva usa.
  const date = new Date(Date.UTC(2000 + Number(year), Number(month) - 1, Number(day)));
  const exists = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return exists ? compact : null;
}

export const mexico: TaxIdRule = {
  normalise,
  hint: 'an RFC of 12 or 13 characters, such as "GODE561231GR8"',
};
