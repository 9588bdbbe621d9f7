import { type OutgoingEvent, tell } from '@farutech/contracts/contract';
import { tenantInstanceRequested } from '@farutech/contracts/tenancy';
import type { TenantInstanceState } from '../domain/tenant-instance.ts';

/** Que se vendió una instancia, para subscription. */
export const tellRequested = (state: TenantInstanceState): OutgoingEvent =>
  tell(tenantInstanceRequested, {
    instanceId: state.id,
    customerId: state.customerId,
    productId: state.productId,
    planId: state.planId,
    planCode: state.planCode,
    planVersion: state.planVersion,
    startsAt: state.orderedFrom.toISOString(),
    expiresAt: state.orderedUntil?.toISOString() ?? null,
    requestedAt: state.createdAt.toISOString(),
  });
