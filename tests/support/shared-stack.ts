import type { TestProject } from 'vitest/node';
import { startTestNats } from './nats.ts';
import { startTestPostgres } from './postgres.ts';
import { startTestStack } from './stack.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    sharedStack: { dataDir: string; env: Record<string, string>; postgresLog: string };
  }
}

const closers: (() => Promise<void>)[] = [];

/**
 * Una pila para todas las historias: cada servicio en su proceso, sobre servidores dados (DATABASE_URL y
 * NATS_URL), con la demostración. PostgreSQL apunta cada sentencia: así se cuentan.
 */
export async function setup(project: TestProject): Promise<void> {
  const postgres = await startTestPostgres(['log_statement=all']);
  closers.push(postgres.close);
  const nats = await startTestNats();
  closers.push(nats.close);
  const stack = await startTestStack({
    profile: 'full',
    env: { DATABASE_URL: postgres.adminUrl, NATS_URL: nats.url },
  });
  closers.push(stack.close);
  project.provide('sharedStack', {
    dataDir: stack.dataDir,
    postgresLog: postgres.logFile,
    env: Object.fromEntries(Object.entries(stack.env).map(([name, value]) => [name, value ?? ''])),
  });
}

export async function teardown(): Promise<void> {
  for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close();
}
