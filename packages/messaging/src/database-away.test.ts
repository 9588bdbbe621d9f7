import { PermanentError, TransientError } from '@farutech/kernel/errors';
import { describe, expect, it } from 'vitest';
import { isDatabaseAway } from './database-away.ts';

const error = (name: string, message: string, rest: object = {}): Error =>
  Object.assign(new Error(message), { name, ...rest });
const ofDriver = (cause: object) => ({
  meta: { driverAdapterError: error('DriverAdapterError', 'x', { cause }) },
});
const refused = error('Error', 'connect ECONNREFUSED 127.0.0.1:5432', { code: 'ECONNREFUSED' });

describe('si lo que falla es que la base no contesta', () => {
  it.each<[string, unknown]>([
    ['pg no llega', refused],
    ['pg pierde la conexión a media consulta', new Error('Connection terminated unexpectedly')],
    ['pg la había perdido', new Error('Client has encountered a connection error and is not queryable')],
    ['pg espera demasiado', new Error('timeout exceeded when trying to connect')],
    ['el servidor se apaga', error('error', 'terminating connection', { code: '57P01' })],
    ['el servidor arranca', error('error', 'the database system is starting up', { code: '57P03' })],
    ['no cabe otra conexión', error('error', 'too many clients', { code: '53300' })],
    ['Prisma no llega', error('PrismaClientKnownRequestError', "Can't reach", { code: 'P1001' })],
    [
      'Prisma no llega con SQL a mano',
      error('PrismaClientKnownRequestError', 'Raw query failed', {
        code: 'P2010',
        ...ofDriver({ kind: 'DatabaseNotReachable', host: '127.0.0.1' }),
      }),
    ],
    [
      'Prisma, y el servidor se apaga',
      error('PrismaClientKnownRequestError', 'Raw query failed', {
        code: 'P2010',
        ...ofDriver({ kind: 'postgres', originalCode: '57P01' }),
      }),
    ],
    [
      'Prisma no consigue conexión',
      error(
        'PrismaClientKnownRequestError',
        'Transaction API error: Unable to start a transaction in the given time.',
        {
          code: 'P2028',
        },
      ),
    ],
  ])('%s: sí', (_, thrown) => {
    expect(isDatabaseAway(thrown)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['una clave repetida', error('error', 'duplicate key', { code: '23505' })],
    ['un interbloqueo', error('error', 'deadlock detected', { code: '40P01' })],
    [
      'una transacción que tarda',
      error('PrismaClientKnownRequestError', 'expired transaction', { code: 'P2028' }),
    ],
    ['lo que un trabajador ya ha juzgado', new TransientError('SMTP_AWAY', 'no', { cause: refused })],
    ['lo que no tiene remedio', new PermanentError('ECONNREFUSED', 'no')],
    ['el fallo de otro, con este dentro', new Error('fetch failed', { cause: refused })],
    ['un texto', 'ECONNREFUSED'],
  ])('%s: no', (_, thrown) => {
    expect(isDatabaseAway(thrown)).toBe(false);
  });
});
