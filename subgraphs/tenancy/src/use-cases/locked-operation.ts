import { notFound } from '@farutech/kernel/errors';
import { parseUuid } from '@farutech/kernel/ids';
import type { Operation } from '../domain/operation.ts';
import type { Stores } from '../domain/ports.ts';
import type { TenantInstance } from '../domain/tenant-instance.ts';

interface Locked {
  readonly operation: Operation;
  readonly instance: TenantInstance;
}

/** Una operación con el cerrojo de su instancia, que es el suyo. NOT_FOUND en `operationId` si no está. */
export async function lockedOperation(stores: Stores, rawId: string): Promise<Locked> {
  const id = parseUuid(rawId, 'operationId');
  const seen = await stores.operations.get(id);
  if (seen === null) throw notFound('operationId');
  const instance = await stores.instances.lock(seen.data().instanceId);
  // Otra vez, ya con el cerrojo: lo visto antes pudo cambiar mientras se esperaba.
  const operation = await stores.operations.get(id);
  if (instance === null || operation === null) throw notFound('operationId');
  return { operation, instance };
}
