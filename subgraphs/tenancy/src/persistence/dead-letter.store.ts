import type { MessageDeadLettered } from '@farutech/contracts/dead-letter';
import { DeadLetter } from '../domain/dead-letter.ts';
import type { DeadLetterStore } from '../domain/ports.ts';
import type { Transaction } from './open-prisma.ts';

/** El contenido llegó como JSON o como texto; pasar por JSON lo dice también al compilador. */
const asJson = (payload: unknown) => JSON.parse(JSON.stringify(payload ?? ''));

export const deadLetterStore = (tx: Transaction): DeadLetterStore => ({
  async add(id, { deadLetteredAt, payload, ...same }) {
    await tx.deadLetter.createMany({
      data: [{ id, ...same, payload: asJson(payload), receivedAt: deadLetteredAt }],
      skipDuplicates: true,
    });
  },
  async lock(id) {
    await tx.$queryRaw`SELECT 1 FROM dead_letter WHERE id = ${id}::uuid FOR UPDATE`;
    const row = await tx.deadLetter.findUnique({ where: { id } });
    if (row === null) return null;
    return DeadLetter.restore({ ...row, stream: row.stream as MessageDeadLettered['stream'] });
  },
  async save(letter) {
    const { id, payload, ...same } = letter.data();
    await tx.deadLetter.update({
      where: { id },
      data: { ...same, payload: asJson(payload) },
      select: { id: true },
    });
  },
});
