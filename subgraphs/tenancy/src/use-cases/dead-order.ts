import { envelope } from '@farutech/contracts/contract';
import type { MessageDeadLettered } from '@farutech/contracts/dead-letter';
import { confirmTenantMove, operationOrders, revertTenantMove } from '@farutech/contracts/provisioning';

/** La orden que iba en una carta muerta, si lo era. */
export interface DeadOrder {
  readonly name: string;
  readonly operationId: string;
  readonly instanceId: string;
  /** Una decisión sobre un traslado no tiene: se toma una vez. */
  readonly requestNo: number | null;
}

const decisions = [confirmTenantMove, revertTenantMove];

export function deadOrderIn({
  stream,
  payload,
}: Pick<MessageDeadLettered, 'stream' | 'payload'>): DeadOrder | null {
  if (stream !== 'CMD') return null;
  const wrapped = envelope.safeParse(payload);
  if (!wrapped.success) return null;
  const { name, data } = wrapped.data;
  const order = Object.values(operationOrders)
    .find((one) => one.name === name)
    ?.schema.safeParse(data);
  if (order?.success) {
    const { operationId, instanceId, requestNo } = order.data;
    return { name, operationId, instanceId, requestNo };
  }
  const decision = decisions.find((one) => one.name === name)?.schema.safeParse(data);
  return decision?.success ? { name, ...decision.data, requestNo: null } : null;
}
