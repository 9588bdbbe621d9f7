import { isIPv4 } from 'node:net';
import { z } from 'zod';
import { type ClusterSettings, defaultTiers, type Peer, type TierLimits } from './settings.ts';

/** Con qué clúster se trabaja, si hay alguno. */
export type KubernetesConfig =
  | { readonly mode: 'none' }
  | {
      readonly mode: 'in-cluster' | 'kubeconfig';
      /** Un fichero; sin él, lo que kubectl leería. */
      readonly kubeconfig: string | undefined;
      readonly context: string | undefined;
      readonly settings: ClusterSettings;
    };

const dnsLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const name = z.string().regex(dnsLabel, { error: 'must be a DNS label' });
const port = z.coerce.number().int().min(1).max(65_535);
const cidr = z.union([z.cidrv4(), z.cidrv6()]);

function parsePeer(text: string): Peer | undefined {
  const cut = text.lastIndexOf(':');
  const to = port.safeParse(text.slice(cut + 1));
  const [place, block] = [name.safeParse(text.slice(0, cut)), cidr.safeParse(text.slice(0, cut))];
  if (cut < 0 || !to.success) return undefined;
  if (place.success) return { namespace: place.data, port: to.data };
  return block.success ? { cidr: block.data, port: to.data } : undefined;
}

const peers = z.string().transform((text, context): readonly Peer[] => {
  if (text.trim() === 'none') return [];
  return text.split(',').flatMap((part) => {
    const peer = parsePeer(part.trim());
    if (peer !== undefined) return [peer];
    context.addIssue('must be a list of <namespace or CIDR>:<port>, separated by commas, or none');
    return [];
  });
});

const quantities = z.record(z.string(), z.string());
const limits = z
  .strictObject({ quota: quantities, containerLimit: quantities, containerRequest: quantities })
  .partial();
const tiers = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      context.addIssue('must be JSON');
      return z.NEVER;
    }
  })
  .pipe(z.strictObject({ STANDARD: limits, ENTERPRISE: limits }).partial());

/** Las variables del clúster, para el entorno de los trabajadores. */
export const kubernetesEnv = {
  KUBERNETES: z.enum(['none', 'in-cluster', 'kubeconfig']).default('none'),
  KUBECONFIG: z.string().optional(),
  KUBERNETES_CONTEXT: z.string().optional(),
  KUBERNETES_INSTALLATION: name.default('default'),
  KUBERNETES_INGRESS_CLASS: z.string().default('nginx'),
  KUBERNETES_INGRESS_NAMESPACE: name.default('ingress-nginx'),
  KUBERNETES_BACKEND: z
    .string()
    .regex(/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?:\d{1,5}$/, { error: 'must be service:port' })
    .default('app:80'),
  CERT_MANAGER_ISSUER: z.string().default('letsencrypt'),
  KUBERNETES_DATABASE: peers.optional(),
  KUBERNETES_GATEWAY: peers.default([{ namespace: 'farutech', port: 4000 }]),
  KUBERNETES_TIERS: tiers.default({}),
  KUBERNETES_TIMEOUT_MS: z.coerce.number().int().min(200).max(120_000).default(10_000),
  KUBERNETES_REMOVAL_MS: z.coerce.number().int().min(1_000).max(600_000).default(60_000),
};
type KubernetesEnv = z.output<z.ZodObject<typeof kubernetesEnv>>;

export function kubernetesConfig(env: KubernetesEnv, tenantHosts: readonly string[]): KubernetesConfig {
  if (env.KUBERNETES === 'none') return { mode: 'none' };
  const [service = '', servicePort = ''] = env.KUBERNETES_BACKEND.split(':');
  return {
    mode: env.KUBERNETES,
    kubeconfig: env.KUBECONFIG,
    context: env.KUBERNETES_CONTEXT,
    settings: {
      installation: env.KUBERNETES_INSTALLATION,
      ingressClass: env.KUBERNETES_INGRESS_CLASS,
      ingressNamespace: env.KUBERNETES_INGRESS_NAMESPACE,
      backend: { service, port: Number(servicePort) },
      certIssuer: env.CERT_MANAGER_ISSUER,
      database: env.KUBERNETES_DATABASE ?? tenantHosts.flatMap(peerOfHost),
      gateway: env.KUBERNETES_GATEWAY,
      tiers: {
        STANDARD: merged(defaultTiers.STANDARD, env.KUBERNETES_TIERS.STANDARD),
        ENTERPRISE: merged(defaultTiers.ENTERPRISE, env.KUBERNETES_TIERS.ENTERPRISE),
      },
      requestTimeoutMs: env.KUBERNETES_TIMEOUT_MS,
      removalMs: env.KUBERNETES_REMOVAL_MS,
    },
  };
}

function merged(base: TierLimits, given: z.output<typeof limits> = {}): TierLimits {
  return {
    quota: { ...base.quota, ...given.quota },
    containerLimit: { ...base.containerLimit, ...given.containerLimit },
    containerRequest: { ...base.containerRequest, ...given.containerRequest },
  };
}

/**
 * El camino a un servidor de inquilinos, cuando su nombre lo dice: una dirección, o el de un servicio del clúster. Un
 * nombre de fuera no se puede escribir en una política de red: ese se da en KUBERNETES_DATABASE.
 */
function peerOfHost(host: string): readonly Peer[] {
  const cut = host.lastIndexOf(':');
  const [address, to] = [host.slice(0, cut), Number(host.slice(cut + 1))];
  if (isIPv4(address)) return [{ cidr: `${address}/32`, port: to }];
  const namespace = /^[a-z0-9-]+\.([a-z0-9-]+)\.svc(?:\..+)?$/.exec(address)?.[1];
  return namespace === undefined ? [] : [{ namespace, port: to }];
}
