import type { DeadLetterStore } from '../domain/ports.ts';
import type { Transaction } from './open-prisma.ts';

export const deadLetterStore = (tx: Transaction): DeadLetterStore => ({
  async add(id, { deadLetteredAt, payload, ...same }) {
    await tx.deadLetter.createMany({
      // El contenido llegó como JSON o como texto; pasar por JSON lo dice también al compilador.
      data: [{ id, ...same, payload: JSON.parse(JSON.stringify(payload ?? '')), receivedAt: deadLetteredAt }],
      skipDuplicates: true,
    });
  },
});
