import { PermanentError, TransientError } from '@farutech/kernel/errors';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { describeFailure } from './failure.ts';

const database = (code: string): pg.DatabaseError =>
  Object.assign(new pg.DatabaseError('no se pudo', 0, 'error'), { code, detail: 'Key (password)=(hunter2)' });

describe('Lo que se cuenta de un fallo', () => {
  it.each([
    ['57P01', 'DATABASE_UNREACHABLE'],
    ['57P03', 'DATABASE_UNREACHABLE'],
    ['08006', 'DATABASE_UNREACHABLE'],
    ['53300', 'DATABASE_TOO_MANY_CONNECTIONS'],
    ['53100', 'DATABASE_DISK_FULL'],
    ['53200', 'DATABASE_OUT_OF_RESOURCES'],
    ['42501', 'DATABASE_PERMISSION_DENIED'],
    ['28P01', 'DATABASE_LOGIN_REFUSED'],
    ['55006', 'DATABASE_BUSY'],
    ['42P01', 'DATABASE_ERROR'],
  ])('PostgreSQL dice %s: %s', (sqlState, code) => {
    const failure = describeFailure(database(sqlState), 'c0');

    expect(failure).toMatchObject({ code, permanent: false });
    expect(failure.message).not.toContain('hunter2');
  });

  it.each([
    Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }),
    new Error('Connection terminated unexpectedly'),
    new Error('timeout expired'),
  ])('%s es no llegar a la base', (error) => {
    expect(describeFailure(error, 'c0').code).toBe('DATABASE_UNREACHABLE');
  });

  it('lo que el paso dijo con su código se cuenta como lo dijo', () => {
    expect(describeFailure(new PermanentError('SUBDOMAIN_TAKEN', 'es de otra'), 'c0')).toEqual({
      code: 'SUBDOMAIN_TAKEN',
      message: 'es de otra',
      permanent: true,
    });
    expect(describeFailure(new TransientError('TEMPLATE_GONE', 'otra vez'), 'c0').permanent).toBe(false);
  });

  it('lo inesperado no enseña su texto: remite al registro', () => {
    const failure = describeFailure(new TypeError('postgresql://t_1:hunter2@db'), '0190-c0');

    expect(failure.code).toBe('INTERNAL');
    expect(failure.message).not.toContain('hunter2');
    expect(failure.message).toContain('0190-c0');
  });
});
