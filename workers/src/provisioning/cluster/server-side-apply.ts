import { type ApiAccess, createKubernetesApi } from './api.ts';
import { StaleError } from './api-failure.ts';
import type { Cluster } from './cluster.ts';
import { ingressFixture } from './ingress-fixture.ts';
import { labels, ownedBy } from './labels.ts';
import { namespaceFixture } from './namespace-fixture.ts';
import type { ClusterSettings } from './settings.ts';
import { workloadsFixture } from './workloads-fixture.ts';

/** El clúster de verdad: todo por server-side apply, con un solo gestor de campos y sin forzar nunca. */
export function createServerSideApply(access: ApiAccess, settings: ClusterSettings): Cluster {
  const api = createKubernetesApi(access);
  const hands = { api, settings };
  return {
    namespace: namespaceFixture(hands),
    ingress: ingressFixture(hands),
    workloads: workloadsFixture(hands),

    async owned() {
      const found = await api.list('v1', 'Namespace', { labelSelector: ownedBy(settings.installation) });
      return found.flatMap(({ metadata }) => {
        const { name, uid, resourceVersion, deletionTimestamp } = metadata;
        const instanceId = metadata.labels[labels.instance];
        if (deletionTimestamp || instanceId === undefined) return [];
        return [{ name, instanceId, uid, resourceVersion }];
      });
    },

    async discard({ name, uid, resourceVersion }) {
      try {
        await api.remove(
          { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
          { uid, resourceVersion },
        );
        return true;
      } catch (error) {
        if (error instanceof StaleError) return false;
        throw error;
      }
    },
  };
}
