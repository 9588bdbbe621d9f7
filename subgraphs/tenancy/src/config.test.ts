import { createFieldCipher, developmentFieldKeys } from '@farutech/runtime/field-cipher';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseTenancyConfig } from './config.ts';

const given = {
  DATABASE_URL: 'postgresql://u:p@127.0.0.1:5432/tenancy',
  TENANTS_DATABASE_URL: 'postgresql://app:secreta@127.0.0.1:5432/tenants',
  INTERNAL_TOKEN_SECRET: 'x'.repeat(32),
};

afterEach(() => vi.unstubAllEnvs());

describe('la configuración de tenancy', () => {
  it('en desarrollo basta con la base y el secreto del gateway', () => {
    expect(parseTenancyConfig(given)).toMatchObject({
      role: 'all',
      tenantDomain: 'tenants.farutech.test',
      moveWarmMs: 86_400_000,
    });
  });

  it('sin la base de los inquilinos no arranca, y su contraseña no se imprime', () => {
    const { TENANTS_DATABASE_URL, ...rest } = given;

    expect(() => parseTenancyConfig(rest)).toThrow(/TENANTS_DATABASE_URL/);
    expect(JSON.stringify(parseTenancyConfig(given))).not.toContain('secreta');
    expect(parseTenancyConfig(given).tenantsDatabaseUrl.reveal()).toBe(TENANTS_DATABASE_URL);
  });

  it('dice todo lo que falta, y ningún valor', () => {
    const bad = { ROLE: 'jefe', INTERNAL_TOKEN_SECRET: 'corto', TENANT_DOMAIN: 'no es un dominio' };

    expect(() => parseTenancyConfig(bad)).toThrow(/DATABASE_URL.*\n(.*\n)*.*TENANT_DOMAIN/);
    expect(() => parseTenancyConfig(bad)).not.toThrow(/corto|jefe/);
  });

  it('en producción no hay llaves por omisión, y las de desarrollo no valen', () => {
    vi.stubEnv('NODE_ENV', 'production');

    expect(() => parseTenancyConfig(given)).toThrow(/FIELD_KEYS: is missing/);
    const { fieldKeys } = parseTenancyConfig({ ...given, FIELD_KEYS: developmentFieldKeys });
    expect(() => createFieldCipher(fieldKeys)).toThrow(/development/);
  });
});
