import { DomainError } from '@farutech/kernel/errors';
import type { Cause } from '@farutech/kernel/request';
import type { Operation } from '../domain/operation.ts';
import type { Stores } from '../domain/ports.ts';
import { type DecideMoveParts, decideMove } from './decide-move.ts';

/** Al confirmar desaparece la casa de antes, y con ella la respuesta de qué fue de un cambio anunciado allí. */
async function demandSettled({ homes }: Stores, instanceId: string): Promise<void> {
  if (!(await homes.otherIsUnsettled(instanceId))) return;
  throw new DomainError(
    'UNAVAILABLE',
    'A change of this tenant is still being settled. Try again in a moment.',
    'operationId',
  );
}

/** Acaba con la vuelta atrás de un traslado que espera. También lo pide el reloj, al cumplirse su plazo. */
export const confirmTenantMove = (
  parts: DecideMoveParts,
  cause: Cause,
  operationId: string,
): Promise<Operation> =>
  decideMove(parts, cause, {
    action: 'confirmTenantMove',
    decision: 'confirm',
    operationId,
    admit: demandSettled,
  });
