import { systemClock } from '@farutech/kernel/clock';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readClock } from './clock.ts';
import { ConfigurationError } from './production.ts';

afterEach(() => vi.unstubAllEnvs());

describe('la hora del proceso', () => {
  it('es la de la máquina si nadie dice otra cosa', () => {
    expect(readClock({})).toBe(systemClock);
    expect(readClock({ FARUTECH_CLOCK: '' })).toBe(systemClock);
  });

  it.each(['2027-01-31T23:59:50Z', '2027-02-01T04:59:50+05:00'])(
    'con FARUTECH_CLOCK=%s empieza ahí y sigue andando al paso de siempre',
    (given) => {
      const clock = readClock({ FARUTECH_CLOCK: given });
      const startedAgo = Date.now() - performance.timeOrigin;

      const ran = clock().getTime() - Date.parse('2027-01-31T23:59:50Z');

      expect(Math.abs(ran - startedAgo)).toBeLessThan(1_000);
    },
  );

  it.each(['mañana', '2027-01-31', '2027-01-31T25:00:00Z'])('%s no es un instante', (given) => {
    expect(() => readClock({ FARUTECH_CLOCK: given })).toThrow(ConfigurationError);
  });

  it('en producción nadie la cambia', () => {
    vi.stubEnv('NODE_ENV', 'production');

    expect(() => readClock({ FARUTECH_CLOCK: '2027-01-31T23:59:50Z' })).toThrow(ConfigurationError);
    expect(readClock({})).toBe(systemClock);
  });
});
