import { notFound } from '@farutech/kernel/errors';
import { parseUuid } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import type { Viewer } from '@farutech/kernel/viewer';
import { activeWithin, type TenantDesk } from '../domain/tenant-desk.ts';

export interface RemoveTenantUserParts {
  readonly tenantDesk: TenantDesk;
}

/** Devuelve la plaza. NOT_FOUND en `userId` si la instancia no tiene a nadie con ese id. */
export async function removeTenantUser(
  { tenantDesk }: RemoveTenantUserParts,
  cause: Cause,
  viewer: Viewer,
  input: { readonly instanceId: string; readonly userId: string },
): Promise<{ readonly instanceId: string }> {
  const instanceId = parseUuid(input.instanceId, 'instanceId');
  const userId = parseUuid(input.userId, 'userId');

  return await tenantDesk.change(cause, instanceId, activeWithin(viewer), async (records) => {
    const removed = await records.removeUser(userId);
    if (removed === null) throw notFound('userId');
    return {
      result: { instanceId },
      audit: {
        action: 'removeTenantUser',
        entityType: 'TenantInstance',
        entityId: instanceId,
        detail: { userId, role: removed.role },
      },
    };
  });
}
