import type { DatabaseTier } from '../job.ts';

/** Lo que un inquilino de un nivel puede gastar, en las unidades de Kubernetes. */
export interface TierLimits {
  /** ResourceQuota: lo de todo el espacio de nombres. */
  readonly quota: Readonly<Record<string, string>>;
  /** LimitRange: lo que tiene un contenedor que no pide nada. */
  readonly containerLimit: Readonly<Record<string, string>>;
  readonly containerRequest: Readonly<Record<string, string>>;
}

/** Con quién se puede hablar: los de un espacio de nombres, o unas direcciones; y en qué puerto. */
export type Peer =
  | { readonly namespace: string; readonly port: number }
  | { readonly cidr: string; readonly port: number };

export interface ClusterSettings {
  /** Distingue a dos instalaciones que comparten un clúster: ninguna toca lo de la otra. */
  readonly installation: string;
  readonly ingressClass: string;
  /** El ClusterIssuer de cert-manager que firma el certificado de cada nombre. */
  readonly certIssuer: string;
  /** El servicio del producto al que lleva el Ingress. */
  readonly backend: { readonly service: string; readonly port: number };
  readonly ingressNamespace: string;
  readonly database: readonly Peer[];
  readonly gateway: readonly Peer[];
  readonly tiers: Readonly<Record<DatabaseTier, TierLimits>>;
  readonly requestTimeoutMs: number;
  /** Lo que se espera a que un espacio de nombres termine de borrarse. */
  readonly removalMs: number;
}

/** Lo que nadie abre por su cuenta: cada uno cuesta dinero o se salta el Ingress. */
const closed = { 'services.loadbalancers': '0', 'services.nodeports': '0' };

export const defaultTiers: ClusterSettings['tiers'] = {
  STANDARD: {
    quota: {
      'requests.cpu': '1',
      'requests.memory': '2Gi',
      'limits.cpu': '2',
      'limits.memory': '4Gi',
      pods: '10',
      persistentvolumeclaims: '2',
      ...closed,
    },
    containerLimit: { cpu: '500m', memory: '512Mi' },
    containerRequest: { cpu: '50m', memory: '128Mi' },
  },
  ENTERPRISE: {
    quota: {
      'requests.cpu': '4',
      'requests.memory': '8Gi',
      'limits.cpu': '8',
      'limits.memory': '16Gi',
      pods: '40',
      persistentvolumeclaims: '10',
      ...closed,
    },
    containerLimit: { cpu: '1', memory: '1Gi' },
    containerRequest: { cpu: '100m', memory: '256Mi' },
  },
};
