import { DomainError } from '@farutech/kernel/errors';
import type { Cause } from '@farutech/kernel/request';
import type { Viewer } from '@farutech/kernel/viewer';
import type { DatabaseTier } from '../domain/tenant-instance.ts';
import type { Journey } from './operation-order.ts';
import { type OperationParts, type Started, startOperation } from './start-operation.ts';

function journey(from: DatabaseTier, to: DatabaseTier): Journey {
  if (from === to) {
    throw new DomainError('ILLEGAL_TRANSITION', `The data of this instance lives in ${to} already.`, 'to');
  }
  return { from, to };
}

/** Lleva los datos al otro nivel sin dejar de servir; luego espera a que se confirme o se vuelva atrás. */
export const moveTenantTier = (
  parts: OperationParts,
  cause: Cause,
  viewer: Viewer,
  { id, to }: { readonly id: string; readonly to: DatabaseTier },
): Promise<Started> =>
  startOperation(parts, cause, viewer, {
    action: 'moveTenantTier',
    kind: 'MOVE_TIER',
    instanceId: id,
    field: 'id',
    detail: { to },
    journeyFrom: ({ databaseTier }) => journey(databaseTier, to),
  });
