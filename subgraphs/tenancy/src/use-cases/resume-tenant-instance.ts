import type { Cause } from '@farutech/kernel/request';
import type { Viewer } from '@farutech/kernel/viewer';
import { type OperationParts, type Started, startOperation } from './start-operation.ts';

/** Vuelve a encender una instancia suspendida. */
export const resumeTenantInstance = (
  parts: OperationParts,
  cause: Cause,
  viewer: Viewer,
  instanceId: string,
): Promise<Started> =>
  startOperation(parts, cause, viewer, {
    action: 'resumeTenantInstance',
    kind: 'RESUME',
    instanceId,
    field: 'id',
  });
