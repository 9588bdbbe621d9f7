import { clusterTenant, holderOf } from '../cluster/cluster-tenant.ts';
import type { Step } from '../step.ts';

/** Cada carga vuelve a las réplicas que tenía al suspender. */
export const scaleUp: Step = {
  name: 'scale-up',
  async observe(run) {
    const seen = await run.cluster.workloads.seen(clusterTenant(run));
    return typeof seen === 'object' ? seen : 'missing';
  },
  act: (run) => run.cluster.workloads.raise(clusterTenant(run), holderOf(run)),
  undo: (run) => run.cluster.workloads.withdraw(clusterTenant(run), holderOf(run)),
};
