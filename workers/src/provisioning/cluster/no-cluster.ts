import type { Cluster, Fixture } from './cluster.ts';

const fixture = (what: (namespace: string) => string): Fixture => ({
  seen: async ({ namespace }) => ({ skip: `No Kubernetes cluster is configured: ${what(namespace)}.` }),
  async raise() {
    // No hay dónde ponerlo.
  },
  async withdraw() {
    // No hay de dónde quitarlo.
  },
});

/** Sin clúster configurado: cada paso lo dice y sigue. */
export const noCluster: Cluster = {
  namespace: fixture((namespace) => `there is no namespace ${namespace}`),
  ingress: fixture((namespace) => `there is no ingress in ${namespace}`),
  workloads: fixture((namespace) => `nothing runs in ${namespace}`),
  owned: async () => [],
  discard: async () => false,
};
