import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LaunchError } from './launch-error.ts';
import { findNatsServer } from './nats-server.ts';

const run = promisify(execFile);
const unpacked = fileURLToPath(new URL('../../.cache/nats-server/', import.meta.url));
const binaryDir = join(unpacked, 'usr/sbin');

const missing = (why: string): LaunchError =>
  new LaunchError(
    `No nats-server to be had (${why}). Install it (apt-get install nats-server, brew install nats-server), ` +
      'or give NATS_URL, for example of docker run -p 4222:4222 nats:2 -js',
  );

/** Sin ser root: el paquete de Debian se descarga y se abre en .cache, sin instalarlo en el sistema. */
async function unpackFromDebian(): Promise<void> {
  await mkdir(unpacked, { recursive: true });
  await run('apt-get', ['download', 'nats-server'], { cwd: unpacked });
  const file = (await readdir(unpacked)).find((name) => name.endsWith('.deb'));
  if (file === undefined) throw missing('apt-get download left no package');
  await run('dpkg', ['-x', join(unpacked, file), unpacked]);
}

async function installFromDebian(): Promise<void> {
  if (process.getuid?.() !== 0) return await unpackFromDebian();
  await run('apt-get', ['update', '-qq']);
  // policy-rc.d no existe en un contenedor: sin este corte el paquete arrancaría su propio servicio.
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'nats-server'], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  });
}

/** El nats-server de esta máquina; donde no lo hay y hay apt, se trae (3,6 MB). */
export async function requireNatsServer(): Promise<string> {
  const found = findNatsServer([binaryDir]);
  if (found !== undefined) return found;
  try {
    await installFromDebian();
  } catch (error) {
    throw missing((error as Error).message.split('\n')[0] ?? 'apt-get failed');
  }
  const installed = findNatsServer([binaryDir]);
  if (installed === undefined) throw missing('apt-get ended well but left no nats-server');
  return installed;
}
