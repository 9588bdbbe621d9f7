import { type Contract, type OutgoingEvent, tell } from '@farutech/contracts/contract';
import {
  confirmTenantMove,
  decommissionTenantInstance,
  migrateTenantSchema,
  moveTenantTier,
  operationOrders,
  provisionTenantInstance,
  resumeTenantInstance,
  revertTenantMove,
  suspendTenantInstance,
} from '@farutech/contracts/provisioning';
import type { Operation } from '../domain/operation.ts';
import type { ToldOrder } from '../domain/operation-data.ts';
import type { DatabaseTier, TenantInstanceState } from '../domain/tenant-instance.ts';

/** De dónde a dónde lleva un traslado. */
export interface Journey {
  readonly from: DatabaseTier;
  readonly to: DatabaseTier;
}

/** Por su nombre, todo lo que se le puede mandar al trabajador. */
const orders: Readonly<Record<string, Contract>> = {
  ProvisionTenantInstance: provisionTenantInstance,
  SuspendTenantInstance: suspendTenantInstance,
  ResumeTenantInstance: resumeTenantInstance,
  DecommissionTenantInstance: decommissionTenantInstance,
  MoveTenantTier: moveTenantTier,
  MigrateTenantSchema: migrateTenantSchema,
  ConfirmTenantMove: confirmTenantMove,
  RevertTenantMove: revertTenantMove,
};

function unknownOrder(name: string): never {
  throw new TypeError(`no order is called ${name}`);
}

export const tellOrder = ({ name, data }: ToldOrder, messageId?: string): OutgoingEvent =>
  tell(orders[name] ?? unknownOrder(name), data, messageId);

/** La orden con que empieza una operación: lleva la instancia como está ahora, y el número de su petición. */
export function orderOf(
  operation: Operation,
  instance: TenantInstanceState,
  journey: Journey | null,
): ToldOrder {
  const { id: operationId, kind, requestNo } = operation.data();
  const { id: instanceId, customerId, productCode, planCode, maxUsers, databaseTier } = instance;
  const { instanceCode, globalInstanceId, kubernetesNamespace, subdomainUrl } = instance;
  const { name, version } = operationOrders[kind];
  return {
    name,
    version,
    data: {
      operationId,
      instanceId,
      customerId,
      productCode,
      databaseTier: journey?.from ?? databaseTier,
      instanceCode,
      globalInstanceId,
      kubernetesNamespace,
      subdomainUrl,
      requestNo,
      ...(kind === 'PROVISION' && { planCode, maxUsers }),
      ...(journey !== null && { to: journey.to }),
    },
  };
}

/** De dónde a dónde iba el traslado que se pidió con esa orden. */
export function journeyOf({ data }: ToldOrder): Journey {
  const { databaseTier, to } = moveTenantTier.schema.parse(data);
  return { from: databaseTier, to };
}

/** La decisión sobre un traslado que espera, sin perder la orden con que empezó. */
export function decisionOf(operation: Operation, decision: 'confirm' | 'revert'): ToldOrder {
  const { name, version } = decision === 'confirm' ? confirmTenantMove : revertTenantMove;
  const { id: operationId, instanceId } = operation.data();
  const told = { name, version, data: { operationId, instanceId } };
  const after = operation.ownOrder;
  return after === null ? told : { ...told, after };
}
