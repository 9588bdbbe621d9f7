import { PermanentError, TransientError } from '@farutech/kernel/errors';
import pg from 'pg';

/** Lo que se cuenta de un fallo: un código fijo y un texto con el que una persona pueda hacer algo. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly permanent: boolean;
}

const unreachable: Failure = {
  code: 'DATABASE_UNREACHABLE',
  message:
    "The tenants' database server does not answer, or closed the connection. Check that it is up, then retry.",
  permanent: false,
};

// Por SQLSTATE; los de dos letras valen para toda su clase.
const known: Readonly<Record<string, Failure>> = {
  '08': unreachable,
  '57P': unreachable,
  '53300': {
    code: 'DATABASE_TOO_MANY_CONNECTIONS',
    message:
      "The tenants' database server has no connection left. Raise max_connections or wait, then retry.",
    permanent: false,
  },
  '53100': {
    code: 'DATABASE_DISK_FULL',
    message: "The disk of the tenants' database server is full. Make room, then retry.",
    permanent: false,
  },
  '53': {
    code: 'DATABASE_OUT_OF_RESOURCES',
    message:
      "The tenants' database server ran out of memory or of another resource. Look at its log, then retry.",
    permanent: false,
  },
  '42501': {
    code: 'DATABASE_PERMISSION_DENIED',
    message:
      "The worker's database user lacks a right it needs: CREATEDB and CREATEROLE. Grant them, then retry.",
    permanent: false,
  },
  '28': {
    code: 'DATABASE_LOGIN_REFUSED',
    message:
      "The tenants' database server refuses the worker's login. Correct TENANT_SERVER_URL, then retry.",
    permanent: false,
  },
  '55006': {
    code: 'DATABASE_BUSY',
    message:
      'Somebody is connected to the template database, so it cannot be copied. End that session, then retry.',
    permanent: false,
  },
};

const lostByCode = /^(ECONN|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|EHOSTUNREACH)/;
// Los de pg no llevan código; un AggregateError (localhost son dos direcciones) no lleva texto.
const lostByText = /Connection terminated|timeout (expired|exceeded)|not queryable/;

export function describeFailure(error: unknown, correlationId: string): Failure {
  if (error instanceof PermanentError || error instanceof TransientError) {
    return { code: error.code, message: error.message, permanent: error instanceof PermanentError };
  }
  if (error instanceof pg.DatabaseError && error.code !== undefined) {
    const { code } = error;
    const found = known[code] ?? known[code.slice(0, 3)] ?? known[code.slice(0, 2)];
    // El texto de PostgreSQL nombra objetos, nunca valores: estos van en `detail`, que no se cuenta.
    const message = `PostgreSQL refused this step (SQLSTATE ${code}): ${error.message}.`;
    return found ?? { code: 'DATABASE_ERROR', message, permanent: false };
  }
  if (error instanceof Error) {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
    if (lostByCode.test(code) || lostByText.test(error.message)) return unreachable;
  }
  return {
    code: 'INTERNAL',
    message: `Something unexpected went wrong in this step. The worker's log has it under correlation id ${correlationId}.`,
    permanent: false,
  };
}
