import { TransientError } from '@farutech/kernel/errors';
import { Secret } from '@farutech/kernel/secret';
import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';

function logged(fields: object): string {
  let line = '';
  createLogger('prueba', {
    write: (text) => {
      line += text;
    },
  }).error(fields, 'algo falló');
  return line;
}

describe('createLogger', () => {
  it('escribe un error con código, texto, pila y causa, y nada más de lo que lleve colgado', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), {
      code: 'ECONNREFUSED',
      row: 'dato ajeno',
    });
    const line = logged({ err: new TransientError('DATABASE_AWAY', 'No database.', { cause }) });

    const { err } = JSON.parse(line);
    expect(err).toMatchObject({
      code: 'DATABASE_AWAY',
      message: 'No database.',
      cause: { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' },
    });
    expect(err.stack).toContain('logger.test.ts');
    expect(line).not.toContain('dato ajeno');
  });

  it('no deja salir un Secret a ninguna profundidad', () => {
    const line = logged({ a: { b: [{ c: { connection: new Secret('postgres://u:hunter2@h/db') } }] } });

    expect(line).toContain('[REDACTED]');
    expect(line).not.toContain('hunter2');
  });

  it.each([
    ['una cadena de conexión', 'cannot reach postgres://t_42:hunter2@10.0.0.1:5432/t_42 now'],
    ['un token', 'bad token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.c2lnbmF0dXJl'],
  ])('borra %s del texto de un error ajeno', (_what, text) => {
    const line = logged({ err: new Error(text) });

    expect(line).not.toMatch(/hunter2|aHVudGVyMi|odW50ZXIy/);
    expect(line).toContain('[REDACTED]');
    expect(() => JSON.parse(line)).not.toThrow();
  });

  it('no se pierde en causas que forman un círculo', () => {
    const one = new Error('uno');
    one.cause = new Error('dos', { cause: one });

    expect(JSON.parse(logged({ err: one })).err.cause.cause.message).toBe('uno');
  });
});
