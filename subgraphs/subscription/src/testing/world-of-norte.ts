import type { Clock } from '@farutech/kernel/clock';
import type { NewId } from '@farutech/kernel/ids';
import type { ReactionParts } from '../use-cases/reaction-parts.ts';
import { deliver } from './deliver.ts';
import {
  after,
  customerFact,
  featureFact,
  id,
  planFact,
  productFact,
  provisionedFact,
  requestedFact,
  statusFact,
} from './facts.ts';

/** Un reloj que se mueve a mano y un contador de identificadores. */
export function handMade(): { clock: Clock; newId: NewId; moveTo(ms: number): void } {
  let now = after(100);
  let made = 0;
  return {
    clock: () => now,
    newId: () => {
      made += 1;
      return id('0', made);
    },
    moveTo(ms) {
      now = after(ms);
    },
  };
}

/** Lo vendido a Grupo Éxito, en el orden en que pasa: al final norte está en marcha. */
export const salesOfNorte = [
  productFact(),
  featureFact('APPOINTMENTS'),
  featureFact('BATCH_CONTROL'),
  featureFact('LAB_RESULTS'),
  planFact(),
  customerFact(),
  requestedFact(),
  statusFact(),
  provisionedFact(),
  statusFact({ version: 2, status: 'ACTIVE' }),
];

export async function sellNorte(parts: ReactionParts): Promise<void> {
  for (const [n, event] of salesOfNorte.entries()) await deliver(parts, { messageId: `m${n}`, event });
}
