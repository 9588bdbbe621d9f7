import { clusterTenant, holderOf } from '../cluster/cluster-tenant.ts';
import type { Step } from '../step.ts';

/** Nada del inquilino corre mientras está suspendido; cada carga recuerda cuántas réplicas tenía. */
export const scaleDown: Step = {
  name: 'scale-down',
  async observe(run) {
    const seen = await run.cluster.workloads.seen(clusterTenant(run));
    return typeof seen === 'object' ? seen : 'missing';
  },
  act: (run) => run.cluster.workloads.withdraw(clusterTenant(run), holderOf(run)),
  undo: (run) => run.cluster.workloads.raise(clusterTenant(run), holderOf(run)),
};
