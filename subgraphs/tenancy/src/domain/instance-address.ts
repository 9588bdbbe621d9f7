import type { InstanceCode } from './instance-code.ts';

/** Where an instance is reached. All of it follows from its product, code and id. */
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

/** `FARUTECH_VET` → `vet`, cut so that the whole still fits into a DNS label. */
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
