import type { InstanceCode } from './instance-code.ts';

/** Dónde se llega a una instancia. Todo sale de su producto, su código y su id. */
export interface InstanceAddress {
  readonly globalInstanceId: string;
  readonly kubernetesNamespace: string;
  readonly subdomainUrl: string;
}

const namespacePrefix = 'tenant-';
/** RFC 1123: una etiqueta DNS, y con ella el nombre de un namespace, no pasa de 63. */
const longestLabel = 63;
const longestProductPart = 20;
const idPart = 12;

/** `FARUTECH_VET` → `vet`, recortado para que el conjunto quepa en una etiqueta DNS. */
function shortProduct(productCode: string, room: number): string {
  const short = productCode
    .replace(/^FARUTECH_/, '')
    .toLowerCase()
    .replace(/_+/g, '-')
    .replace(/^-/, '')
    .slice(0, Math.min(longestProductPart, room))
    .replace(/-$/, '');
  return short === '' ? 'tenant' : short;
}

export function addressOf(
  productCode: string,
  instanceCode: InstanceCode,
  instanceId: string,
  tenantDomain: string,
): InstanceAddress {
  const tail = `-${instanceCode}-${instanceId.slice(-idPart)}`;
  const room = longestLabel - namespacePrefix.length - tail.length;
  const globalInstanceId = `${shortProduct(productCode, room)}${tail}`;
  return {
    globalInstanceId,
    kubernetesNamespace: `${namespacePrefix}${globalInstanceId}`,
    subdomainUrl: `https://${globalInstanceId}.${tenantDomain}`,
  };
}
