import type { Clock } from '@farutech/kernel/clock';
import { type NewId, parseUuid } from '@farutech/kernel/ids';
import type { Cause } from '@farutech/kernel/request';
import type { Viewer } from '@farutech/kernel/viewer';
import { activeWithin, type TenantDesk } from '../domain/tenant-desk.ts';
import { checkSeats, parseTenantUser, type TenantUser, type TenantUserInput } from '../domain/tenant-user.ts';

export interface AddTenantUserParts {
  readonly tenantDesk: TenantDesk;
  readonly newId: NewId;
  readonly clock: Clock;
}

/** Ocupa una plaza del plan. TENANT_USER_EXISTS, SEAT_LIMIT_REACHED. */
export async function addTenantUser(
  { tenantDesk, newId, clock }: AddTenantUserParts,
  cause: Cause,
  viewer: Viewer,
  { instanceId: rawInstanceId, ...raw }: TenantUserInput & { readonly instanceId: string },
): Promise<TenantUser> {
  const instanceId = parseUuid(rawInstanceId, 'instanceId');
  const user: TenantUser = { id: newId(), ...parseTenantUser(raw), createdAt: clock() };

  return await tenantDesk.change(cause, instanceId, activeWithin(viewer), async (records, { maxUsers }) => {
    await records.addUser(user);
    checkSeats(await records.countUsers(), maxUsers);
    return {
      result: user,
      // Sin el correo ni el nombre: la auditoría no se borra, y una persona sí puede pedir que la olviden.
      audit: {
        action: 'addTenantUser',
        entityType: 'TenantInstance',
        entityId: instanceId,
        detail: { userId: user.id, role: user.role },
      },
    };
  });
}
