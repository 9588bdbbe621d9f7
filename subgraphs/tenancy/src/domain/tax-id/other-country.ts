import type { TaxIdRule } from './tax-id-rule.ts';

/** Donde no se conoce la regla del país. */
export const otherCountry: TaxIdRule = {
  normalise: (compact) => (/^(?=.*\d)[A-Z0-9]{4,20}$/.test(compact) ? compact : null),
  hint: '4 to 20 letters and digits, at least one of them a digit',
};
