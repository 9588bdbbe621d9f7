/** Where no rule of the country is known: 4 to 20 letters and digits, at least one of them a digit. */
export const normaliseOther = (compact: string): string | null =>
  /^(?=.*\d)[A-Z0-9]{4,20}$/.test(compact) ? compact : null;
