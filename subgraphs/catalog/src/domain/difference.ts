type Comparable = string | number | boolean | readonly string[];

const print = (value: Comparable | undefined): string => JSON.stringify(value) ?? 'nothing';

/** Lo que cambia de un texto a otro, campo por campo: `name "A" → "B"; price "49.90" → "59.90"`. Vacío: nada. */
export function difference(
  before: Readonly<Record<string, Comparable>>,
  after: Readonly<Record<string, Comparable>>,
): string {
  return Object.entries(after)
    .map(([field, value]) => [field, print(before[field]), print(value)] as const)
    .filter(([, was, is]) => was !== is)
    .map(([field, was, is]) => `${field} ${was} → ${is}`)
    .join('; ');
}
