import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from '@farutech/local/databases';
import { startPostgres } from '@farutech/local/postgres';
import { copyTemplate } from './postgres-template.ts';

export interface TestPostgres {
  readonly adminUrl: string;
  readonly pid: number;
  readonly logFile: string;
  /** La dirección de una base de este servidor, con el administrador. */
  url(database: string): string;
  createDatabase(database: string): Promise<string>;
  close(): Promise<void>;
}

/** Un servidor propio, en puerto libre y carpeta propia, que desaparece al cerrar. */
export async function startTestPostgres(settings: readonly string[] = []): Promise<TestPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'farutech-pg-'));
  // Con root el servidor corre como el usuario postgres, que debe poder atravesar la carpeta.
  await chmod(dataDir, 0o755);
  await copyTemplate(dataDir);
  const server = await startPostgres({ dataDir, settings });
  const url = (database: string): string => {
    const parsed = new URL(server.adminUrl);
    parsed.pathname = `/${database}`;
    return parsed.toString();
  };
  return {
    adminUrl: server.adminUrl,
    pid: server.pid,
    logFile: server.logFile,
    url,
    async createDatabase(database) {
      await createDatabase(server.adminUrl, database);
      return url(database);
    },
    async close() {
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
