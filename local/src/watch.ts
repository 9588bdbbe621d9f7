import { setTimeout as wait } from 'node:timers/promises';
import { isAlive } from './own-process.ts';

const everyMs = 200;

/**
 * Vigila un servidor que no es servicio nuestro (PostgreSQL, NATS) y lo levanta si muere. Se mira el pid:
 * uno adoptado de un arranque anterior no es hijo de este proceso y no avisa de su muerte.
 */
export function watch(server: {
  pid(): number | undefined;
  restart(): Promise<void>;
  onDeath(): void;
  onFailure(error: unknown): void;
}): { stop(): Promise<void> } {
  let stopping = false;
  const loop = (async () => {
    while (!stopping) {
      await wait(everyMs);
      const pid = server.pid();
      if (stopping || pid === undefined || isAlive(pid)) continue;
      server.onDeath();
      try {
        await server.restart();
      } catch (error) {
        server.onFailure(error);
        await wait(1_000);
      }
    }
  })();
  return {
    async stop() {
      stopping = true;
      await loop;
    },
  };
}
