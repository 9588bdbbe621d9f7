import { type OutgoingEvent, tell } from '@farutech/contracts/contract';
import { provisionTenantInstance } from '@farutech/contracts/provisioning';
import { tenantInstanceRequested } from '@farutech/contracts/tenancy';
import type { Operation } from '../domain/operation.ts';
import type { TenantInstance, TenantInstanceState } from '../domain/tenant-instance.ts';
import { feedEvents } from './tell-status.ts';

interface Ordered {
  readonly instance: TenantInstance;
  readonly operation: Operation;
}

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

/** Lo que sale al vender una instancia: la orden al trabajador, el hecho a subscription, el primer estado. */
export function provisionOrder({ instance, operation }: Ordered): OutgoingEvent[] {
  const state = instance.snapshot();
  const { id: instanceId, customerId, productCode, planCode, maxUsers } = state;
  const { databaseTier, instanceCode, globalInstanceId, kubernetesNamespace, subdomainUrl } = state;
  return [
    tell(provisionTenantInstance, {
      operationId: operation.id,
      instanceId,
      customerId,
      productCode,
      planCode,
      databaseTier,
      instanceCode,
      globalInstanceId,
      kubernetesNamespace,
      subdomainUrl,
      maxUsers,
      requestNo: operation.data().requestNo,
    }),
    tellRequested(state),
    ...feedEvents(instance),
  ];
}
