import type { Cause } from '@farutech/kernel/request';
import type { Viewer } from '@farutech/kernel/viewer';
import { parseReason } from '../domain/reason.ts';
import { type OperationParts, type Started, startOperation } from './start-operation.ts';

/** Apaga una instancia: sus datos se quedan. Es SUSPENDED cuando el trabajador acaba. */
export async function suspendTenantInstance(
  parts: OperationParts,
  cause: Cause,
  viewer: Viewer,
  input: { readonly id: string; readonly reason: string },
): Promise<Started> {
  const reason = parseReason(input.reason);
  return await startOperation(parts, cause, viewer, {
    action: 'suspendTenantInstance',
    kind: 'SUSPEND',
    instanceId: input.id,
    field: 'id',
    detail: { reason },
  });
}
