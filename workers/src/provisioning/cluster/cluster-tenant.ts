import { reservedConnection } from '../reservation.ts';
import { isEnterprise, type OperationRun } from '../step.ts';
import type { ClusterTenant, Holder } from './cluster.ts';

/** La instancia de una operación, como la ve el clúster. */
export function clusterTenant(run: OperationRun): ClusterTenant {
  const { instanceId, customerId, productCode, globalInstanceId, kubernetesNamespace, subdomainUrl } =
    run.input;
  return {
    instanceId,
    customerId,
    productCode,
    tier: run.tier,
    globalInstanceId,
    namespace: kubernetesNamespace,
    hostname: new URL(subdomainUrl).hostname,
    connection: async () => (isEnterprise(run) ? await reservedConnection(run) : null),
  };
}

/** En el clúster se actúa en nombre de la operación, y solo mientras sea nuestra. */
export const holderOf = ({ operationId, epoch, guarded }: OperationRun): Holder => ({
  operationId,
  epoch,
  confirm: () => guarded(async () => undefined),
});
