import { PermanentError, TransientError } from '@farutech/kernel/errors';
import pg from 'pg';

/** Lo que otra vez puede salir bien: conexión, recursos, cierre del servidor, cerrojos e interbloqueos. */
const passing = /^(08|53|57|55P03|40)/;
/** Así la nombra el motor de Prisma dentro de su texto. */
const nameIn = /migration_name="([^"]+)"/;

/** Un guion que PostgreSQL rechaza se rechazará siempre: repetirlo cinco veces solo tarda más en decirlo. */
export function migrationFailure(error: unknown): unknown {
  if (!(error instanceof Error && error.cause instanceof pg.DatabaseError)) return error;
  const { code = 'unknown', message: reason } = error.cause;
  const name = nameIn.exec(error.message)?.[1] ?? 'unknown';
  const message = `Migration ${name} failed (SQLSTATE ${code}): ${reason}. Nothing of it stayed.`;
  return passing.test(code)
    ? new TransientError('MIGRATION_INTERRUPTED', message, { cause: error })
    : new PermanentError('MIGRATION_FAILED', message, { cause: error });
}
