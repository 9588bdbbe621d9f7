import { describe, expect, it } from 'vitest';
import { restBeforeRestart } from './supervisor.ts';

describe('cuánto descansa un servicio que muere', () => {
  it.each([
    ['la primera vez', [0], 0, 50],
    ['la cuarta en diez segundos', [0, 1_000, 2_000, 3_000], 3_000, 50],
    ['la quinta en diez segundos', [0, 1_000, 2_000, 3_000, 4_000], 4_000, 500],
    ['la séptima', [0, 1, 2, 3, 4, 5, 6], 6, 2_000],
    ['la vigésima: nunca más de 5 s', Array.from({ length: 20 }, (_, n) => n), 20, 5_000],
    ['cinco, pero repartidas en un minuto', [0, 15_000, 30_000, 45_000, 60_000], 60_000, 50],
  ])('%s', (_, deaths, now, restMs) => {
    expect(restBeforeRestart(deaths, now)).toBe(restMs);
  });
});
