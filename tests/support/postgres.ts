import { rm } from 'node:fs/promises';
import { createDatabase } from '@farutech/local/databases';
import { isAlive } from '@farutech/local/own-process';
import { startPostgres } from '@farutech/local/postgres';
import { makeDataFolder } from './data-folder.ts';
import { eventually } from './eventually.ts';
import { copyTemplate } from './postgres-template.ts';

export interface TestPostgres {
  readonly adminUrl: string;
  readonly pid: number;
  readonly logFile: string;
  /** La dirección de una base de este servidor, con el administrador. */
  url(database: string): string;
  createDatabase(database: string): Promise<string>;
  /** De golpe, como al cortar la luz. `start()` lo levanta en el mismo puerto, con lo que tenía confirmado. */
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Un servidor propio, en puerto libre y carpeta propia, que desaparece al cerrar. */
export async function startTestPostgres(settings: readonly string[] = []): Promise<TestPostgres> {
  const dataDir = await makeDataFolder('pg');
  await copyTemplate(dataDir);
  let server = await startPostgres({ dataDir, settings });
  const port = Number(new URL(server.adminUrl).port);
  const url = (database: string): string => {
    const parsed = new URL(server.adminUrl);
    parsed.pathname = `/${database}`;
    return parsed.toString();
  };
  return {
    adminUrl: server.adminUrl,
    get pid() {
      return server.pid;
    },
    logFile: server.logFile,
    url,
    async createDatabase(database) {
      await createDatabase(server.adminUrl, database);
      return url(database);
    },
    async kill() {
      process.kill(server.pid, 'SIGQUIT');
      await eventually(() => {
        if (isAlive(server.pid)) throw new Error('el servidor aún no ha muerto');
      });
    },
    async start() {
      server = await startPostgres({ dataDir, port, settings });
    },
    async close() {
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
