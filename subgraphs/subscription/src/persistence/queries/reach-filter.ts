import { isUuid } from '@farutech/kernel/ids';
import type { Reach } from '@farutech/kernel/viewer';

/** El alcance como parámetros de una consulta: null es «sin límite por aquí», una lista vacía es «nada». */
export interface ReachFilter {
  readonly customerId: string | null;
  readonly instanceIds: string[] | null;
}

/** Lo que no es un UUID no es de nadie: la base rechazaría la consulta entera. */
export function reachFilter(reach: Reach): ReachFilter {
  switch (reach.kind) {
    case 'everything':
      return { customerId: null, instanceIds: null };
    case 'customer':
      return isUuid(reach.customerId)
        ? { customerId: reach.customerId, instanceIds: null }
        : { customerId: null, instanceIds: [] };
    case 'instances':
      return { customerId: null, instanceIds: reach.instanceIds.filter(isUuid) };
  }
}
