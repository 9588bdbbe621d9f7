import { type OutgoingEvent, tell } from '@farutech/contracts/contract';
import { provisionTenantInstance } from '@farutech/contracts/provisioning';
import { tenantInstanceRequested } from '@farutech/contracts/tenancy';
import type { Operation } from '../domain/operation.ts';
import type { TenantInstance } from '../domain/tenant-instance.ts';
import { feedEvents } from './tell-status.ts';

interface Ordered {
  readonly instance: TenantInstance;
  readonly operation: Operation;
  readonly startsAt: Date;
  readonly expiresAt: Date | null;
}

/** What goes out when an instance is sold: the order to the worker, the fact to subscription, the first status. */
export function provisionOrder({ instance, operation, startsAt, expiresAt }: Ordered): OutgoingEvent[] {
  const state = instance.snapshot();
  const {
    id: instanceId,
    customerId,
    productId,
    productCode,
    planId,
    planCode,
    planVersion,
    maxUsers,
  } = state;
  const { databaseTier, instanceCode, globalInstanceId, kubernetesNamespace, subdomainUrl, createdAt } =
    state;
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
    tell(tenantInstanceRequested, {
      instanceId,
      customerId,
      productId,
      planId,
      planCode,
      planVersion,
      startsAt: startsAt.toISOString(),
      expiresAt: expiresAt?.toISOString() ?? null,
      requestedAt: createdAt.toISOString(),
    }),
    ...feedEvents(instance),
  ];
}
