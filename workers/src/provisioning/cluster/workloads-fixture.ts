import type { Ref, Seen } from './api.ts';
import { claimNamespace, type Hands, onFresh, runnable } from './claim.ts';
import type { ClusterTenant, Fixture, Holder } from './cluster.ts';
import { missingNamespace } from './ingress-fixture.ts';
import { annotations } from './labels.ts';

interface Workload {
  readonly ref: Ref;
  readonly seen: Seen;
}

/** Quien no dice cuántas quiere, quiere una. */
const replicasOf = ({ spec }: Seen): number => spec?.replicas ?? 1;

const remembered = ({ metadata }: Seen): number | undefined => {
  const text = metadata.annotations[annotations.replicas] ?? '';
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
};

/** Lo que el producto desplegó: no lo aplicamos nosotros, solo decimos cuántos corren. */
export function workloadsFixture(hands: Hands): Fixture {
  const { api } = hands;

  async function workloadsIn({ namespace }: ClusterTenant): Promise<readonly Workload[]> {
    const lists = runnable.map(async ({ apiVersion, kind }) => {
      const found = await api.list(apiVersion, kind, { namespace });
      return found.map((seen) => ({
        ref: { apiVersion, kind, metadata: { name: seen.metadata.name, namespace } },
        seen,
      }));
    });
    return (await Promise.all(lists)).flat();
  }

  /** Sobre la versión que se vio: quien despierta tarde llega contra otra. */
  async function scale(
    tenant: ClusterTenant,
    holder: Holder,
    wanted: (seen: Seen) => { readonly replicas: number; readonly remember: string } | undefined,
  ): Promise<void> {
    await onFresh(async () => {
      if ((await claimNamespace(hands, tenant, holder)) === undefined) return;
      for (const { ref, seen } of await workloadsIn(tenant)) {
        const next = wanted(seen);
        if (next === undefined) continue;
        const { replicas, remember } = next;
        const change = { annotations: { [annotations.replicas]: remember }, spec: { replicas } };
        await api.merge(ref, change, seen.metadata.resourceVersion);
      }
    });
  }

  return {
    async seen(tenant) {
      const missing = await missingNamespace(hands, tenant);
      if (missing !== undefined) return missing;
      const running = (await workloadsIn(tenant)).some(({ seen }) => replicasOf(seen) > 0);
      return running ? 'present' : 'absent';
    },

    raise: (tenant, holder) =>
      scale(tenant, holder, (seen) => {
        const before = remembered(seen);
        return before === undefined ? undefined : { replicas: before, remember: '' };
      }),

    withdraw: (tenant, holder) =>
      scale(tenant, holder, (seen) => {
        const replicas = replicasOf(seen);
        return replicas === 0 ? undefined : { replicas: 0, remember: `${replicas}` };
      }),
  };
}
