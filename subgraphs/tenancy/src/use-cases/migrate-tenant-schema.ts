import type { Cause } from '@farutech/kernel/request';
import type { Viewer } from '@farutech/kernel/viewer';
import { type OperationParts, type Started, startOperation } from './start-operation.ts';

/** Trae la base de una instancia al esquema más nuevo de su producto. Sobre la que ya está al día no cambia nada. */
export const migrateTenantSchema = (
  parts: OperationParts,
  cause: Cause,
  viewer: Viewer,
  instanceId: string,
): Promise<Started> =>
  startOperation(parts, cause, viewer, {
    action: 'migrateTenantSchema',
    kind: 'MIGRATE_SCHEMA',
    instanceId,
    field: 'instanceId',
  });
