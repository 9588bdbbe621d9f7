import type { PrismaClient } from '@farutech/prisma/subscription';

interface WaitingChanges {
  /** La hora de PostgreSQL a la que se leyó. */
  readonly now: Date;
  /** Cuándo toca, o tocaba, el primero de los que faltan. */
  readonly next: Date | null;
}

/** La hora y lo que falta por pasar, en una sola sentencia. */
export async function readWaitingChanges(prisma: PrismaClient): Promise<WaitingChanges> {
  const [row] = await prisma.$queryRaw<readonly WaitingChanges[]>`
    SELECT pg_catalog.clock_timestamp() AS now,
      (SELECT min(effective_at) FROM scheduled_change WHERE ended IS NULL) AS next`;
  if (row === undefined) throw new TypeError('PostgreSQL no dijo la hora');
  return row;
}
