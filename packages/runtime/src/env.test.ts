import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseEnv } from './env.ts';

const shape = {
  PORT: z.coerce.number().int().positive(),
  HOST: z.string().default('127.0.0.1'),
  URL: z.url(),
};

describe('parseEnv', () => {
  it('lee los ajustes con su tipo y completa los que tienen valor por omisión', () => {
    const settings = parseEnv(shape, { PORT: '4000', HOST: '', URL: 'http://example.test', OTHER: 'x' });

    expect(settings).toEqual({ PORT: 4000, HOST: '127.0.0.1', URL: 'http://example.test' });
  });

  it('dice todas las variables que están mal, una por línea, y ningún valor', () => {
    const read = () => parseEnv(shape, { PORT: 'secreto-mal-puesto' });

    expect(read).toThrow(/^The configuration is not valid:\n {2}PORT: .+\n {2}URL: is missing$/);
    expect(read).not.toThrow(/secreto/);
  });
});
