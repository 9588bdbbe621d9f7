import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isOurs } from './own-process.ts';
import { profiles } from './settings.ts';

const runningProcess = z.object({
  name: z.string(),
  pid: z.int().positive(),
  command: z.string(),
  logFile: z.string(),
});
export type RunningProcess = z.output<typeof runningProcess>;

const stackFile = z.object({
  state: z.enum(['starting', 'ready']),
  /** El proceso que manda: SIGTERM lo para todo en orden. */
  pid: z.int().positive(),
  profile: z.enum(profiles),
  gatewayUrl: z.string(),
  subscriptionUrl: z.string(),
  identityUrl: z.string(),
  /** Solo para pruebas y curiosos: un subgrafo no atiende a nadie sin la palabra del gateway. */
  subgraphUrls: z.record(z.string(), z.string()),
  databaseUrl: z.string(),
  databases: z.record(z.string(), z.string()),
  natsUrl: z.string(),
  processes: z.array(runningProcess),
});
export type StackFile = z.output<typeof stackFile>;

const fileIn = (dataDir: string): string => join(dataDir, 'stack.json');

/** Quien lo lee mientras se escribe ve el de antes o el de después, nunca medio. 0600: lleva contraseñas. */
export function writeStackFile(dataDir: string, stack: StackFile): void {
  mkdirSync(dataDir, { recursive: true });
  const temporary = `${fileIn(dataDir)}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify(stack, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, fileIn(dataDir));
}

export function readStackFile(dataDir: string): StackFile | undefined {
  if (!existsSync(fileIn(dataDir))) return undefined;
  return stackFile.parse(JSON.parse(readFileSync(fileIn(dataDir), 'utf8')));
}

export const removeStackFile = (dataDir: string): void => rmSync(fileIn(dataDir), { force: true });

/** La pila que corre sobre esta carpeta, si su proceso sigue vivo y es el nuestro. */
export function runningStack(dataDir: string): StackFile | undefined {
  const stack = readStackFile(dataDir);
  return stack !== undefined && isOurs(stack.pid, 'run-stack') ? stack : undefined;
}
