/** El valor por debajo del cual queda esa parte de la muestra (0,95: p95), por el rango más próximo. */
export function quantile(sample: readonly number[], part: number): number {
  const value = sample.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(part * sample.length) - 1)];
  if (value === undefined) throw new RangeError('una muestra vacía no tiene cuantiles');
  return value;
}

export const median = (sample: readonly number[]): number => quantile(sample, 0.5);
