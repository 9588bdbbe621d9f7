import type { Cause } from '@farutech/kernel/request';
import type { Operation } from '../domain/operation.ts';
import { type DecideMoveParts, decideMove } from './decide-move.ts';

/** Devuelve los datos a la casa de antes, con lo que se escribió en la nueva. La operación acaba COMPENSATED. */
export const revertTenantMove = (
  parts: DecideMoveParts,
  cause: Cause,
  operationId: string,
): Promise<Operation> =>
  decideMove(parts, cause, { action: 'revertTenantMove', decision: 'revert', operationId });
