import type { OutgoingEvent } from '@farutech/contracts/contract';
import type { Operation } from '../domain/operation.ts';
import type { Stores } from '../domain/ports.ts';
import type { TenantInstance } from '../domain/tenant-instance.ts';
import { feedEvents } from './tell-status.ts';

/** Guarda lo que le pasó a una operación y a su instancia, y da lo que se cuenta de ello. */
export async function recordOperation(
  { instances, operations, feed }: Stores,
  instance: TenantInstance,
  operation: Operation,
): Promise<OutgoingEvent[]> {
  await operations.save(operation);
  await instances.save(instance);
  await feed.append(instance.entries);
  return feedEvents(instance.entries);
}
