import {
  claimNamespace,
  type Hands,
  ingresses,
  namespaceRef,
  onFresh,
  ownsNamespace,
  refuseOlder,
} from './claim.ts';
import type { ClusterTenant, Fixture } from './cluster.ts';
import { ingressOf } from './manifests.ts';
import { keepIfMine, put } from './put.ts';

/** Sin espacio de nombres de la instancia no hay nada que mirar dentro. */
export async function missingNamespace(
  hands: Hands,
  tenant: ClusterTenant,
): Promise<{ readonly skip: string } | undefined> {
  const seen = await hands.api.read(namespaceRef(tenant));
  if (seen !== undefined && ownsNamespace(hands, tenant, seen)) return undefined;
  return { skip: `The cluster has no namespace ${tenant.namespace} of this instance.` };
}

export function ingressFixture(hands: Hands): Fixture {
  const { api, settings } = hands;
  const ref = ({ namespace }: ClusterTenant) => ({ ...ingresses, metadata: { name: 'farutech', namespace } });

  return {
    async seen(tenant) {
      const missing = await missingNamespace(hands, tenant);
      if (missing !== undefined) return missing;
      const seen = await api.read(ref(tenant));
      if (seen === undefined) return 'absent';
      return ownsNamespace(hands, tenant, seen) ? 'present' : 'foreign';
    },

    async raise(tenant, holder) {
      if ((await claimNamespace(hands, tenant, holder)) === undefined) return;
      await keepIfMine(hands, holder, [
        await put(hands, tenant, holder, ingressOf(settings, tenant, holder)),
      ]);
    },

    async withdraw(tenant, holder) {
      if ((await claimNamespace(hands, tenant, holder)) === undefined) return;
      await onFresh(async () => {
        const seen = await api.read(ref(tenant));
        if (seen === undefined || !ownsNamespace(hands, tenant, seen)) return;
        refuseOlder(seen, holder);
        await api.remove(ref(tenant), seen.metadata);
      });
    },
  };
}
