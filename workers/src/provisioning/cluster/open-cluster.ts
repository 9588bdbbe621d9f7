import type { Cluster } from './cluster.ts';
import type { KubernetesConfig } from './kubernetes-config.ts';
import { noCluster } from './no-cluster.ts';

/** La biblioteca de Kubernetes tarda 0,8 s en cargarse y ocupa 76 MB: solo la paga quien tiene clúster. */
export async function openCluster(config: KubernetesConfig): Promise<Cluster> {
  if (config.mode === 'none') return noCluster;
  const { createServerSideApply } = await import('./server-side-apply.ts');
  const { mode, kubeconfig, context, settings } = config;
  return createServerSideApply(
    { mode, kubeconfig, context, requestTimeoutMs: settings.requestTimeoutMs },
    settings,
  );
}
