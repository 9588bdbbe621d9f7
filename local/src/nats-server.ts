import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { LaunchError } from './launch-error.ts';

const startLimitMs = 10_000;

/** Debian deja el servidor en /usr/sbin, que no está en el PATH de un usuario corriente. */
function places(): readonly string[] {
  const path = (process.env.PATH ?? '').split(delimiter).filter((place) => place !== '');
  return [...path, '/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch (error) {
    // Que falte en un directorio es lo normal al buscar; cualquier otra cosa sí es un fallo.
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

export function findNatsServer(also: readonly string[] = []): string | undefined {
  return [...also, ...places()].map((place) => join(place, 'nats-server')).find(isExecutable);
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

export interface LocalNats {
  readonly url: string;
  readonly port: number;
  readonly process: ChildProcess;
  readonly pid: number;
  readonly logFile: string;
  close(): Promise<void>;
}

/** Un nats-server con JetStream como hijo nuestro, en 127.0.0.1 y con carpeta propia. */
export async function startNatsServer(options: {
  binary: string;
  dataDir: string;
  port?: number;
}): Promise<LocalNats> {
  const port = options.port ?? (await freePort());
  mkdirSync(options.dataDir, { recursive: true });
  const logFile = join(options.dataDir, 'nats-server.log');
  const log = openSync(logFile, 'a');
  const child = spawn(
    options.binary,
    ['-js', '-sd', join(options.dataDir, 'store'), '-a', '127.0.0.1', '-p', `${port}`],
    // detached: Ctrl-C llega a todo el grupo de la terminal, y debe sobrevivir a los servicios que lo usan.
    { stdio: ['ignore', log, log], detached: true },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  const deadline = Date.now() + startLimitMs;
  while (!(await Promise.race([answers(port), failed]))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new LaunchError(`nats-server did not start; its reason is in ${logFile}`);
    }
    await wait(20);
  }
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    process: child,
    pid: child.pid ?? 0,
    logFile,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await exited;
    },
  };
}
