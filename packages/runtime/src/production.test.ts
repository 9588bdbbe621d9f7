import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFieldCipher, developmentFieldKeys } from './field-cipher.ts';
import { refuseInProduction } from './production.ts';

afterEach(() => vi.unstubAllEnvs());

describe('producción', () => {
  it('rechaza un ajuste de desarrollo y dice cuál', () => {
    vi.stubEnv('NODE_ENV', 'production');

    expect(() => refuseInProduction('DEVELOPMENT_LOGIN')).toThrow(
      'DEVELOPMENT_LOGIN is for development only: NODE_ENV is production.',
    );
  });

  it('rechaza la clave de desarrollo en cualquier lugar del anillo', () => {
    const own = Buffer.alloc(32, 7).toString('base64');
    const ring = `k1:${own},${developmentFieldKeys}`;
    expect(() => createFieldCipher(ring)).not.toThrow();

    vi.stubEnv('NODE_ENV', 'production');

    expect(() => createFieldCipher(ring)).toThrow('for development only');
    expect(() => createFieldCipher(`k1:${own}`)).not.toThrow();
  });
});
