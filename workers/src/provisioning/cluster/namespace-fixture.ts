import { pause } from '@farutech/kernel/pause';
import { namespaceTerminating } from './api-failure.ts';
import { claimNamespace, type Hands, namespaceRef, onFresh, ownsNamespace } from './claim.ts';
import type { ClusterTenant, Fixture, Holder } from './cluster.ts';
import { contentsOf, namespaceOf } from './manifests.ts';
import { type Born, keepIfMine, put } from './put.ts';

const pollMs = 100;

/** El espacio de nombres de una instancia con todo lo que le ponemos dentro. */
export function namespaceFixture(hands: Hands): Fixture {
  const { api, settings } = hands;

  /** Primero el de fuera: si es de otro, o está a medio borrar, dentro no se pone nada. */
  async function raiseNamespace(tenant: ClusterTenant, holder: Holder): Promise<Born | undefined> {
    await claimNamespace(hands, tenant, holder);
    return await put(hands, tenant, holder, namespaceOf(settings, tenant, holder));
  }

  async function waitUntilGone(tenant: ClusterTenant, uid: string): Promise<void> {
    const deadline = performance.now() + settings.removalMs;
    while ((await api.read(namespaceRef(tenant)))?.metadata.uid === uid) {
      if (performance.now() > deadline) throw namespaceTerminating(tenant.namespace);
      await pause(pollMs);
    }
  }

  return {
    async seen(tenant) {
      const seen = await api.read(namespaceRef(tenant));
      if (seen === undefined) return 'absent';
      return ownsNamespace(hands, tenant, seen) ? 'present' : 'foreign';
    },

    async raise(tenant, holder) {
      await holder.confirm();
      const contents = await contentsOf(settings, tenant, holder);
      const outer = await raiseNamespace(tenant, holder);
      const inner = await Promise.allSettled(contents.map((one) => put(hands, tenant, holder, one)));
      // También si algo falló: puede que fallara porque la operación ya es de otro.
      await keepIfMine(hands, holder, [
        outer,
        ...inner.map((put) => (put.status === 'fulfilled' ? put.value : undefined)),
      ]);
      const failed = inner.find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
    },

    async withdraw(tenant, holder) {
      const uid = await onFresh(async () => {
        const seen = await api.read(namespaceRef(tenant));
        if (seen === undefined || !ownsNamespace(hands, tenant, seen)) return undefined;
        if (seen.metadata.deletionTimestamp) return seen.metadata.uid;
        const mine = await claimNamespace(hands, tenant, holder);
        if (mine === undefined) return undefined;
        await api.remove(namespaceRef(tenant), mine.metadata);
        return mine.metadata.uid;
      });
      if (uid !== undefined) await waitUntilGone(tenant, uid);
    },
  };
}
