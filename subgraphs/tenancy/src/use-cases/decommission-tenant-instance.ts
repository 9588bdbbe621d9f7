import type { Cause } from '@farutech/kernel/request';
import type { Viewer } from '@farutech/kernel/viewer';
import { parseReason } from '../domain/reason.ts';
import { type OperationParts, type Started, startOperation } from './start-operation.ts';

/** Quita una instancia para siempre; también la que falló al nacer. Con ella acaba su suscripción. */
export async function decommissionTenantInstance(
  parts: OperationParts,
  cause: Cause,
  viewer: Viewer,
  input: { readonly id: string; readonly reason: string },
): Promise<Started> {
  const reason = parseReason(input.reason);
  return await startOperation(parts, cause, viewer, {
    action: 'decommissionTenantInstance',
    kind: 'DECOMMISSION',
    instanceId: input.id,
    field: 'id',
    detail: { reason },
  });
}
