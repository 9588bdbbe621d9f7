import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startPostgres } from '@farutech/local/postgres';

const run = promisify(execFile);
const cache = fileURLToPath(new URL('../../.cache/', import.meta.url));
const template = join(cache, 'postgres-template');

/** Cerrado en orden: copiar los ficheros de un servidor vivo daría una base rota. */
async function makeTemplate(): Promise<void> {
  await mkdir(cache, { recursive: true });
  const making = await mkdtemp(join(cache, 'postgres-template-'));
  await chmod(making, 0o755);
  const server = await startPostgres({ dataDir: making });
  await server.close();
  try {
    await rename(making, template);
  } catch (error) {
    // Otro proceso de pruebas ha acabado antes la suya: vale igual.
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await rm(making, { recursive: true });
  }
}

/** initdb cuesta un segundo de CPU y una copia 0,1: se hace una vez por máquina y no una por fichero de pruebas. */
export async function copyTemplate(dataDir: string): Promise<void> {
  if (!existsSync(template)) await makeTemplate();
  await run('cp', ['-a', join(template, 'postgres16'), dataDir]);
}
