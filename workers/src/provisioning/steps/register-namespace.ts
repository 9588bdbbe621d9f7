import { clusterTenant, holderOf } from '../cluster/cluster-tenant.ts';
import type { Step } from '../step.ts';

/** Verlo no basta: aplicarlo otra vez lo firma con nuestra época, y a quien se paró antes ya no le vale lo que vio. */
export const registerNamespace: Step = {
  name: 'register-namespace',
  async observe(run) {
    const seen = await run.cluster.namespace.seen(clusterTenant(run));
    return typeof seen === 'object' ? seen : 'missing';
  },
  act: (run) => run.cluster.namespace.raise(clusterTenant(run), holderOf(run)),
  undo: (run) => run.cluster.namespace.withdraw(clusterTenant(run), holderOf(run)),
};
