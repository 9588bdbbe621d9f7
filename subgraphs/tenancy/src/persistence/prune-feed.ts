import type { TenancyPrisma } from './open-prisma.ts';

const keptMs = 30 * 86_400_000;
const batch = 5_000;

async function inBatches(signal: AbortSignal, work: () => Promise<number>): Promise<number> {
  let total = 0;
  while (!signal.aborted) {
    const count = await work();
    total += count;
    if (count < batch) break;
  }
  return total;
}

/**
 * Borra de la historia lo de hace más de 30 días, salvo la entrada más nueva de cada instancia, que es su presente. Un
 * cursor más viejo es CURSOR_EXPIRED. Lo que queda es siempre el final de cada flujo sin huecos: primero pierden su
 * número, de abajo arriba, los cambios viejos (el más nuevo de todos lo conserva: de él sale el siguiente), y después
 * se borra en cada instancia lo anterior a lo primero que se guarda.
 */
export async function pruneFeed(prisma: TenancyPrisma, at: Date, signal: AbortSignal): Promise<string> {
  const before = new Date(at.getTime() - keptMs);
  const [bounds] = await prisma.$queryRaw<{ keepFrom: bigint | null }[]>`
    SELECT coalesce(min(change_no) FILTER (WHERE at >= ${before}), max(change_no)) AS "keepFrom" FROM feed`;
  const keepFrom = bounds?.keepFrom ?? 0n;
  await inBatches(
    signal,
    () => prisma.$executeRaw`
      UPDATE feed SET change_no = NULL, status_changed = false WHERE id IN (
        SELECT id FROM feed WHERE change_no < ${keepFrom} ORDER BY change_no LIMIT ${batch})`,
  );
  const deleted = await inBatches(
    signal,
    () => prisma.$executeRaw`
      DELETE FROM feed WHERE id IN (
        SELECT f.id FROM feed f CROSS JOIN LATERAL (
          SELECT coalesce(min(k.version) FILTER (WHERE k.at >= ${before} OR k.status_changed), max(k.version)) AS version
          FROM feed k WHERE k.instance_id = f.instance_id
        ) AS first
        WHERE f.at < ${before} AND f.version < first.version ORDER BY f.id LIMIT ${batch})`,
  );
  return `feed entries deleted: ${deleted}`;
}
