import { Prisma, type PrismaClient } from '@farutech/prisma/tenancy';
import { behind, comparable, isId } from './conditions.ts';
import type { PageRequest } from './views.ts';

export interface DeadLetterView {
  readonly id: string;
  readonly worker: string;
  readonly subject: string;
  readonly correlationId: string;
  readonly attempts: number;
  readonly code: string;
  readonly reason: string;
  readonly payload: unknown;
  readonly receivedAt: Date;
  readonly replays: number;
  readonly replayedAt: Date | null;
  readonly discardedAt: Date | null;
}

const columns = Prisma.sql`d.id, d.worker, d.subject, d.correlation_id AS "correlationId", d.attempts, d.code, d.reason,
  d.payload, d.received_at AS "receivedAt", d.replays, d.replayed_at AS "replayedAt", d.discarded_at AS "discardedAt"`;

const of = (worker: string | null): Prisma.Sql =>
  worker === null ? Prisma.sql`TRUE` : Prisma.sql`d.worker = ${comparable(worker)}`;

/** Para quien trabaja en Farutech, que lo ve todo: no lleva alcance. */
export const deadLetterQueries = (db: PrismaClient) => ({
  async deadLetter(id: string): Promise<DeadLetterView | null> {
    const rows = await db.$queryRaw<DeadLetterView[]>`
      SELECT ${columns} FROM dead_letter d WHERE ${isId(Prisma.sql`d.id`, id)}`;
    return rows[0] ?? null;
  },

  async deadLetters(page: PageRequest, worker: string | null): Promise<readonly DeadLetterView[]> {
    return await db.$queryRaw<DeadLetterView[]>`
      SELECT ${columns} FROM dead_letter d
      WHERE ${of(worker)} AND ${behind(Prisma.sql`d.received_at`, Prisma.sql`d.id`, page)}
      ORDER BY d.received_at DESC, d.id DESC LIMIT ${page.first + 1}`;
  },

  async countDeadLetters(worker: string | null): Promise<number> {
    const [row] = await db.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM dead_letter d WHERE ${of(worker)}`;
    return row?.count ?? 0;
  },
});
