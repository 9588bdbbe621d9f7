import { invalid } from '@farutech/kernel/errors';

/** PLAN y CANCELLATION se piden; EXPIRY y START son del contrato. */
export type ScheduledChangeKind = 'PLAN' | 'CANCELLATION' | 'EXPIRY' | 'START';

/** Quien pidió lo que estaba en el contrato desde el principio. */
export const contract = 'contract';

/** Lo que pasará solo en un instante. Lo que hace ya está escrito en los estados: en su hora solo falta contarlo. */
export interface ScheduledChange {
  readonly id: string;
  readonly kind: ScheduledChangeKind;
  readonly effectiveAt: Date;
  /** De un PLAN, la versión que regirá; de lo demás, null. */
  readonly planId: string | null;
  readonly reason: string | null;
  readonly requestedBy: string;
  /** Lo pidió el cliente, y puede retirarlo; lo que decidió Farutech, no. */
  readonly byCustomer: boolean;
  readonly requestedAt: Date;
}

export interface EndedChange {
  readonly id: string;
  readonly ended: 'DONE' | 'WITHDRAWN';
}

export function parseEffectiveAt(raw: Date | null, now: Date): Date | null {
  if (raw !== null && raw <= now) {
    throw invalid('effectiveAt', 'effectiveAt must lie in the future; leave it out for now.');
  }
  return raw;
}

/** Lo que de verdad pasará: tras una cancelación, ni otro plan ni vencimiento ni inicio significan nada. */
export function stillToCome<T extends { readonly kind: string; readonly effectiveAt: Date }>(
  waiting: readonly T[],
  now: Date,
): readonly T[] {
  const cancellation = waiting.find(({ kind }) => kind === 'CANCELLATION');
  return waiting.filter(
    (change) =>
      change.effectiveAt > now &&
      (cancellation === undefined ||
        change === cancellation ||
        change.effectiveAt < cancellation.effectiveAt),
  );
}
