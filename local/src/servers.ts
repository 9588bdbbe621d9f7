import { connect } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { LaunchError } from './launch-error.ts';
import { requireNatsServer } from './nats-binary.ts';
import { startNatsServer } from './nats-server.ts';
import { startPostgres } from './postgres.ts';
import type { Settings } from './settings.ts';
import type { RunningProcess } from './stack-file.ts';
import { watch } from './watch.ts';

export interface Server {
  readonly url: string;
  /** Para la persona que mira la pantalla. */
  readonly detail: string;
  /** Nada si el servidor lo dio otro: no es nuestro, ni se vigila ni se para. */
  running(): RunningProcess | undefined;
  close(): Promise<void>;
}

const given = (url: string, where: string): Server => ({
  url,
  detail: `given, at ${where}`,
  running: () => undefined,
  close: async () => undefined,
});

const place = (url: string): string => new URL(url).host || 'its socket';

async function checkPostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ may: boolean; version: number }>(
      `SELECT rolcreatedb AND rolcreaterole OR rolsuper AS may, current_setting('server_version_num')::int AS version
       FROM pg_roles WHERE rolname = current_user`,
    );
    if ((rows[0]?.version ?? 0) < 150_000) throw new LaunchError('it is older than PostgreSQL 15');
    if (rows[0]?.may !== true) throw new LaunchError('its user may not create databases and roles');
  } catch (error) {
    throw new LaunchError(
      `PostgreSQL at ${place(url)} (DATABASE_URL) cannot be used: ${(error as Error).message}`,
    );
  } finally {
    await client.end();
  }
}

/** Un servidor nuestro que, si muere, vuelve en el mismo puerto y sobre los mismos datos. */
function own<
  Started extends { readonly pid: number; readonly logFile: string; close(): Promise<void> },
>(options: {
  name: string;
  command: string;
  url: string;
  detail: string;
  first: Started;
  again(): Promise<Started>;
  onDeath(line: string): void;
  onChange(): void;
}): Server {
  let current = options.first;
  const guard = watch({
    pid: () => current.pid,
    async restart() {
      current = await options.again();
      options.onChange();
    },
    onDeath: () => options.onDeath(`${options.name} (pid ${current.pid}) died; starting it again`),
    onFailure: (error) => options.onDeath(`${options.name} does not come back: ${String(error)}`),
  });
  return {
    url: options.url,
    detail: options.detail,
    running: () => ({
      name: options.name,
      pid: current.pid,
      command: options.command,
      logFile: current.logFile,
    }),
    async close() {
      await guard.stop();
      await current.close();
    },
  };
}

interface Watchers {
  onDeath(line: string): void;
  onChange(): void;
}

export async function choosePostgres(settings: Settings, watchers: Watchers): Promise<Server> {
  if (settings.databaseUrl !== undefined) {
    await checkPostgres(settings.databaseUrl);
    return given(settings.databaseUrl, place(settings.databaseUrl));
  }
  const first = await startPostgres({ dataDir: settings.dataDir });
  const port = Number(new URL(first.adminUrl).port);
  return own({
    name: 'postgres',
    command: 'postgres',
    url: first.adminUrl,
    detail: `embedded 16, at ${place(first.adminUrl)}${first.reused ? ', already running' : ''}`,
    first,
    again: () => startPostgres({ dataDir: settings.dataDir, port }),
    ...watchers,
  });
}

/** Lo primero que dice un servidor NATS es INFO, en una línea: también si corre con JetStream. */
async function checkNats(url: string): Promise<void> {
  const { hostname, port } = new URL(url.includes('://') ? url : `nats://${url}`);
  const fail = (why: string): LaunchError =>
    new LaunchError(`NATS at ${hostname}:${port || 4222} (NATS_URL) ${why}`);
  const info = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port || 4222), hostname);
    socket.setTimeout(5_000, () => socket.destroy(fail('does not answer')));
    socket.once('error', (error) =>
      reject(error instanceof LaunchError ? error : fail(`refuses: ${error.message}`)),
    );
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
  });
  if (!info.startsWith('INFO ')) throw fail('is something else than NATS');
  if (!info.includes('"jetstream":true')) throw fail('runs without JetStream: start it with -js');
}

export async function chooseNats(settings: Settings, watchers: Watchers): Promise<Server> {
  if (settings.natsUrl !== undefined) {
    await checkNats(settings.natsUrl);
    return given(settings.natsUrl, settings.natsUrl);
  }
  const binary = await requireNatsServer();
  const dataDir = join(settings.dataDir, 'nats');
  const first = await startNatsServer({ binary, dataDir });
  return own({
    name: 'nats',
    command: `${binary} -js`,
    url: first.url,
    detail: `own, at ${first.url}`,
    first,
    again: () => startNatsServer({ binary, dataDir, port: first.port }),
    ...watchers,
  });
}
