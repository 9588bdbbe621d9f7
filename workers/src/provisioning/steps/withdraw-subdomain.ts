import { clusterTenant, holderOf } from '../cluster/cluster-tenant.ts';
import type { OperationRun, Step } from '../step.ts';
import { readSubdomain, restore, withdraw } from '../subdomain.ts';

const withdrawing = (release: boolean): Step => ({
  name: 'withdraw-subdomain',
  async observe(run) {
    const held = await readSubdomain(run);
    const gone = held === undefined || (held.withdrawn && (held.released || !release));
    const seen = await run.cluster.ingress.seen(clusterTenant(run));
    return gone && typeof seen === 'object' ? 'done' : 'missing';
  },
  async act(run) {
    await withdraw(run, { release });
    await run.cluster.ingress.withdraw(clusterTenant(run), holderOf(run));
  },
  async undo(run: OperationRun) {
    if (await restore(run)) await run.cluster.ingress.raise(clusterTenant(run), holderOf(run));
  },
});

/** Suspendida: el nombre no lleva a ningún sitio, y sigue siendo de la instancia. */
export const withdrawSubdomain = withdrawing(false);

/** De baja: el nombre queda libre para otra. */
export const releaseSubdomain = withdrawing(true);
