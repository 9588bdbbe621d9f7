import { existsSync, statfsSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { proving } from './proof.ts';

const memory = '/dev/shm';
/** Lo que llegan a ocupar a la vez todos los servidores de la tanda no pasa de 2 GB. */
const roomBytes = 4 * 2 ** 30;

function memoryHasRoom(): boolean {
  if (!existsSync(memory) || process.availableMemory() < 2 * roomBytes) return false;
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > roomBytes;
}

/** Las cifras que se escriben, de `make prove` y `make bench`, son de servidores sobre disco. */
const parent = process.env.VITEST === 'true' && !proving && memoryHasRoom() ? memory : tmpdir();

/**
 * La carpeta de un servidor de pruebas: nadie la verá cuando acabe, y en memoria, si sobra, crear y borrar sus miles
 * de ficheros cuesta la cuarta parte. Con root el servidor corre como otro usuario, que debe poder atravesarla.
 */
export async function makeDataFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(parent, `farutech-${name}-`));
  await chmod(folder, 0o755);
  return folder;
}
