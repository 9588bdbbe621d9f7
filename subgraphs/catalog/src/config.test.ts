import { expect, it } from 'vitest';
import { parseCatalogConfig } from './config.ts';

const least = {
  DATABASE_URL: 'postgresql://farutech@127.0.0.1:5432/farutech_catalog',
  INTERNAL_TOKEN_SECRET: 'x'.repeat(32),
};

it('con lo mínimo escucha solo en esta máquina y hace los dos papeles', () => {
  expect(parseCatalogConfig(least)).toMatchObject({ host: '127.0.0.1', port: 4001, role: 'all' });
});

it('dice todo lo que falta o está mal, y ningún valor', () => {
  const bad = { DATABASE_URL: 'mysql://clave', INTERNAL_TOKEN_SECRET: 'corto', ROLE: 'jefe', PORT: '70000' };

  for (const name of Object.keys(bad)) expect(() => parseCatalogConfig(bad)).toThrow(name);
  expect(() => parseCatalogConfig(bad)).not.toThrow(/clave|corto|jefe|70000/);
  expect(() => parseCatalogConfig({})).toThrow('INTERNAL_TOKEN_SECRET: is missing');
});
