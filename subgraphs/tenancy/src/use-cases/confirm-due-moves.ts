import { DomainError } from '@farutech/kernel/errors';
import { confirmTenantMove } from './confirm-tenant-move.ts';
import type { DecideMoveParts } from './decide-move.ts';
import type { Swept } from './sweep.ts';

export interface ConfirmDueMovesParts extends DecideMoveParts {
  /** Los traslados que esperan y cuyo plazo se cumplió. */
  findDue(at: Date): Promise<readonly Swept[]>;
}

/** Confirma lo que nadie decidió a tiempo. Lo que aún no se puede confirmar se mira otra vez a la siguiente. */
export async function confirmDueMoves(
  parts: ConfirmDueMovesParts,
  at: Date,
  signal: AbortSignal,
): Promise<string> {
  let confirmed = 0;
  let left = 0;
  for (const { id, correlationId } of await parts.findDue(at)) {
    if (signal.aborted) break;
    try {
      await confirmTenantMove(parts, { actor: 'schedule:confirm-moves', correlationId }, id);
      confirmed += 1;
    } catch (error) {
      // Decidido mientras tanto, otra cosa en marcha o un cambio sin aclarar: no es un fallo del reloj.
      if (!(error instanceof DomainError)) throw error;
      left += 1;
    }
  }
  return `confirmed ${confirmed}, left for later ${left}`;
}
