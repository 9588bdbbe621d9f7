import type { Clock } from '@farutech/kernel/clock';
import type { PrismaClient } from '@farutech/prisma/identity';
import type { Logger } from '@farutech/runtime/logger';

const everyMs = 60_000;
// Una sola sentencia que borrase un millón de filas tendría cerrojos durante segundos: lo que sobre, al minuto.
const batch = 1_000;

/** Borra lo caducado, hasta mil filas. Dos réplicas a la vez se reparten las filas en vez de esperarse. */
export const sweepExpiredPayloads = (prisma: PrismaClient, now: Date): Promise<number> =>
  prisma.$executeRaw`
    DELETE FROM oidc_payload p USING (
      SELECT model, id FROM oidc_payload
      WHERE expires_at < ${now} ORDER BY expires_at LIMIT ${batch} FOR UPDATE SKIP LOCKED
    ) expired WHERE p.model = expired.model AND p.id = expired.id`;

export function sweepEveryMinute(deps: { prisma: PrismaClient; clock: Clock; log: Logger }): {
  close(): Promise<void>;
} {
  let running: Promise<void> = Promise.resolve();
  const sweep = async (): Promise<void> => {
    try {
      const deleted = await sweepExpiredPayloads(deps.prisma, deps.clock());
      if (deleted > 0) deps.log.debug({ deleted }, 'expired payloads deleted');
    } catch (error) {
      // No hay a quién devolvérselo: el minuto siguiente lo vuelve a intentar.
      deps.log.warn({ err: error }, 'expired payloads could not be deleted');
    }
  };
  const timer = setInterval(() => {
    running = running.then(sweep);
  }, everyMs);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
