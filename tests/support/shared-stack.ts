import { startTestNats } from './nats.ts';
import { startTestPostgres } from './postgres.ts';
import { type StackView, startTestStack } from './stack.ts';

export interface SharedStack extends StackView {
  /** Donde su servidor apunta cada sentencia. */
  readonly postgresLog: string;
}

let open: SharedStack | undefined;
const closers: (() => Promise<void>)[] = [];

/**
 * Una pila para todas las historias: cada servicio en su proceso, sobre servidores dados (DATABASE_URL y
 * NATS_URL), con la demostración. PostgreSQL apunta cada sentencia: así se cuentan.
 */
export async function openSharedStack(): Promise<void> {
  const postgres = await startTestPostgres(['log_statement=all']);
  closers.push(postgres.close);
  const nats = await startTestNats();
  closers.push(nats.close);
  const stack = await startTestStack({
    profile: 'full',
    env: { DATABASE_URL: postgres.adminUrl, NATS_URL: nats.url },
  });
  closers.push(stack.close);
  open = { ...stack, postgresLog: postgres.logFile };
}

export async function closeSharedStack(): Promise<void> {
  for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close();
}

/** Se pide dentro de una historia, cuando ya está en pie. */
export const sharedStack = (): SharedStack => {
  if (open === undefined) throw new Error('la pila no está en pie');
  return open;
};
