import { describe, expect, it } from 'vitest';
import { nearest, suggestion } from './nearest.ts';

const nouns = ['stack', 'token', 'products', 'customers', 'tenants', 'projections'];

describe('lo que se quiso decir', () => {
  it.each([
    ['prodcts', 'products'],
    ['Products', 'products'],
    ['tenatns', 'tenants'],
    ['cust', 'customers'],
    ['projection', 'projections'],
  ])('%s es %s', (word, meant) => {
    expect(nearest(word, nouns)).toBe(meant);
  });

  it.each(['xyz', 'pro', 'invoices', ''])('«%s» no se parece a nada, o a dos por igual', (word) => {
    expect(nearest(word, nouns)).toBeUndefined();
    expect(suggestion(word, nouns)).toBe('');
  });
});
