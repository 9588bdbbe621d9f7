import type { Cause } from '@farutech/kernel/request';
import { type RingParts, ringOperation } from './ring-operation.ts';
import { tellUnheardInstance } from './tell-unheard-instance.ts';

/** Una operación, y la petición de la que viene. */
export interface Swept {
  readonly id: string;
  readonly correlationId: string;
}

export interface SweepParts extends RingParts {
  /** Las que están en marcha y callan desde `before`, sin nada suyo esperando en el buzón. */
  findStalled(before: Date): Promise<readonly Swept[]>;
  /** Las que hicieron una instancia antes de `before` y subscription no ha dicho que está en marcha. */
  findUnheard(before: Date, now: Date): Promise<readonly Swept[]>;
  /** Una que no se puede atender no detiene a las demás. */
  onError(error: unknown, operationId: string): void;
}

const actor = 'schedule:sweep';
const atOnce = 4;

async function eachOf(
  swept: readonly Swept[],
  signal: AbortSignal,
  onError: SweepParts['onError'],
  work: (cause: Cause, id: string) => Promise<void>,
): Promise<void> {
  const left = [...swept];
  const one = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined && !signal.aborted; next = left.shift()) {
      const { id, correlationId } = next;
      await work({ actor, correlationId }, id).catch((error: unknown) => onError(error, id));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

/** Lo que hizo, en una línea. */
export async function sweep(parts: SweepParts, at: Date, signal: AbortSignal): Promise<string> {
  const before = new Date(at.getTime() - parts.sweepAfterMs);
  const counted = { rung: 0, 'given up': 0, 'not needed': 0, told: 0, failed: 0 };
  const onError = (error: unknown, id: string): void => {
    counted.failed += 1;
    parts.onError(error, id);
  };
  await eachOf(await parts.findStalled(before), signal, onError, async (cause, id) => {
    counted[await ringOperation(parts, cause, id)] += 1;
  });
  await eachOf(await parts.findUnheard(before, at), signal, onError, async (cause, id) => {
    if (await tellUnheardInstance(parts, cause, id)) counted.told += 1;
  });
  const failed = counted.failed > 0 ? `, failed ${counted.failed}` : '';
  return `rung ${counted.rung}, given up ${counted['given up']}, told again ${counted.told}${failed}`;
}
