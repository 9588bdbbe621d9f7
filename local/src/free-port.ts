import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { LaunchError } from './launch-error.ts';

/**
 * Por debajo de los que el sistema da a las conexiones que salen (desde 32768 en Linux y 49152 en los demás): uno de
 * esos se lo lleva cualquier cliente antes de usarlo, o mientras el servidor que vuelve a él está caído.
 */
const ports = { from: 20_000, to: 32_768 } as const;
const tries = 100;

/** Un puerto que nadie usa ahora. Entre preguntar y usarlo otro puede ganarlo: quien escucha debe decirlo. */
export async function freePort(): Promise<number> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const port = randomInt(ports.from, ports.to);
    if (await portIsFree(port)) return port;
  }
  throw new LaunchError(`no free port was found between ${ports.from} and ${ports.to}`);
}

export async function portIsFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
