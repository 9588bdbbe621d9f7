import { TransientError } from '@farutech/kernel/errors';
import { pause } from '@farutech/kernel/pause';
import { FencedError } from '@farutech/messaging/consume';
import type { KubernetesApi, Ref, Seen } from './api.ts';
import { namespaceTerminating, StaleError } from './api-failure.ts';
import type { ClusterTenant, Holder } from './cluster.ts';
import { annotations, epochIn, isOurs, labels, ownedBy } from './labels.ts';
import { type Manifest, namespaceOf } from './manifests.ts';
import type { ClusterSettings } from './settings.ts';

const maxLooks = 5;
const restMs = 20;

/** Con qué trabaja cada pieza. */
export interface Hands {
  readonly api: KubernetesApi;
  readonly settings: ClusterSettings;
}

export const ingresses = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' } as const;
export const runnable = [
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet' },
] as const;

export const namespaceRef = ({ namespace }: ClusterTenant): Ref => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: namespace },
});

/** Mirar y actuar sobre lo mirado; si otro lo cambió en medio, otra vez desde el principio. */
export async function onFresh<T>(work: () => Promise<T>): Promise<T> {
  for (let look = 1; ; look += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StaleError)) throw error;
      if (look === maxLooks) {
        throw new TransientError('CLUSTER_BUSY', `Somebody keeps changing it meanwhile: ${error.message}.`);
      }
      await pause(look * restMs);
    }
  }
}

export function refuseOlder(seen: Seen, holder: Holder): void {
  const epoch = epochIn(seen.metadata.labels, holder);
  if (epoch === undefined || epoch <= holder.epoch) return;
  throw new FencedError(
    `${seen.metadata.name} carries epoch ${epoch} of operation ${holder.operationId}, later than ${holder.epoch}`,
  );
}

export const ownsNamespace = ({ settings }: Hands, tenant: ClusterTenant, seen: Seen): boolean =>
  isOurs(seen.metadata.labels, settings.installation, tenant.instanceId);

/**
 * Hace nuestro el espacio de nombres, si está y es de esta instancia: lo firma con nuestra época. Quien se quedó parado
 * en una época anterior vio otra versión de él, y nada de lo que pida sobre lo que vio le vale ya.
 */
export async function claimNamespace(
  hands: Hands,
  tenant: ClusterTenant,
  holder: Holder,
): Promise<Seen | undefined> {
  return await onFresh(async () => {
    const seen = await hands.api.read(namespaceRef(tenant));
    if (seen === undefined || !ownsNamespace(hands, tenant, seen)) return undefined;
    if (seen.metadata.deletionTimestamp) throw namespaceTerminating(tenant.namespace);
    refuseOlder(seen, holder);
    await holder.confirm();
    const before = epochIn(seen.metadata.labels, holder);
    if (before === holder.epoch) return seen;
    const { now } = await hands.api.apply(claimOf(hands, tenant, holder, seen), seen.metadata);
    if (before !== undefined) await fence(hands, tenant, holder);
    return now;
  });
}

/** Reclamar no cambia el nivel: el espacio de nombres tiene los límites con los que se registró. */
function claimOf({ settings }: Hands, tenant: ClusterTenant, holder: Holder, seen: Seen): Manifest {
  const { metadata, ...rest } = namespaceOf(settings, tenant, holder);
  const tier = seen.metadata.labels[labels.tier] ?? tenant.tier.toLowerCase();
  return { ...rest, metadata: { ...metadata, labels: { ...metadata.labels, [labels.tier]: tier } } };
}

/**
 * Un predecesor de esta operación pudo pararse con un cambio a medio pedir. Lo que va y viene (el Ingress y las réplicas)
 * se toca, para que su cambio llegue contra una versión que ya no existe.
 */
async function fence({ api, settings }: Hands, tenant: ClusterTenant, holder: Holder): Promise<void> {
  const { namespace } = tenant;
  const mine = { namespace, labelSelector: ownedBy(settings.installation) };
  const kinds = [
    { ...ingresses, where: mine },
    ...runnable.map((kind) => ({ ...kind, where: { namespace } })),
  ];
  const signed = { [annotations.fencedBy]: `${holder.operationId}.${holder.epoch}` };
  for (const { apiVersion, kind, where } of kinds) {
    for (const { metadata } of await api.list(apiVersion, kind, where)) {
      await api.merge(
        { apiVersion, kind, metadata: { name: metadata.name, namespace } },
        { annotations: signed },
      );
    }
  }
}
