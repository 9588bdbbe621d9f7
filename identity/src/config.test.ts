import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const DATABASE_URL = 'postgresql://u:p@127.0.0.1:5432/identity';

describe('la configuración de identity', () => {
  it('con la base de datos basta para desarrollar', () => {
    expect(readConfig({ DATABASE_URL })).toMatchObject({
      host: '127.0.0.1',
      port: 4100,
      apiAudience: 'urn:farutech:orchestrator',
      developmentLogin: false,
    });
  });

  it('no enseña las claves al imprimirse', () => {
    const config = readConfig({ DATABASE_URL, COOKIE_KEYS: 'c'.repeat(40), FIELD_KEYS: 'la-clave' });

    expect(JSON.stringify(config)).not.toMatch(/cccc|la-clave/);
  });

  it.each([
    ['DATABASE_URL', { DATABASE_URL: 'mysql://x' }],
    ['DATABASE_URL', {}],
    ['PORT', { DATABASE_URL, PORT: '70000' }],
    ['ISSUER', { DATABASE_URL, ISSUER: 'https://id.farutech.test/realms/x' }],
    ['ISSUER', { DATABASE_URL, ISSUER: 'https://id.farutech.test/' }],
    ['COOKIE_KEYS', { DATABASE_URL, COOKIE_KEYS: 'corta' }],
  ])('un %s que no vale se dice por su nombre', (name, env) => {
    expect(() => readConfig(env)).toThrow(name);
  });
});
