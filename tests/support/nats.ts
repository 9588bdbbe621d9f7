import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@farutech/local/free-port';
import { requireNatsServer } from '@farutech/local/nats-binary';
import { type LocalNats, startNatsServer } from '@farutech/local/nats-server';
import { makeDataFolder } from './data-folder.ts';

export interface TestNats {
  readonly url: string;
  /** kill -9. `start()` lo levanta en el mismo puerto y con lo que guardó. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Lo que quedó en disco se pierde: como cambiar de máquina sin copia. Hay que haberlo matado antes. */
  wipe(): Promise<void>;
  close(): Promise<void>;
}

export async function startTestNats(): Promise<TestNats> {
  const dataDir = await makeDataFolder('nats');
  const port = await freePort();
  const binary = await requireNatsServer();
  let server: LocalNats | undefined = await startNatsServer({ binary, dataDir, port });
  return {
    url: server.url,
    async kill() {
      const dying = server;
      if (!dying) return;
      const gone = new Promise<void>((resolve) => dying.process.once('exit', () => resolve()));
      dying.process.kill('SIGKILL');
      await gone;
      server = undefined;
    },
    async start() {
      server ??= await startNatsServer({ binary, dataDir, port });
    },
    async wipe() {
      await rm(join(dataDir, 'store'), { recursive: true, force: true });
    },
    async close() {
      await server?.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
