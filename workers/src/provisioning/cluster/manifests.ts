import type { V1Ingress, V1Namespace } from '@kubernetes/client-node';
import type { ClusterTenant, Holder } from './cluster.ts';
import { labelsOf } from './labels.ts';
import { networkPolicies } from './network-policies.ts';
import type { ClusterSettings } from './settings.ts';

/** Un objeto entero, como se aplica. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
}

const podSecurity = 'pod-security.kubernetes.io';

export function namespaceOf(settings: ClusterSettings, tenant: ClusterTenant, holder: Holder) {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: tenant.namespace,
      labels: {
        ...labelsOf(settings.installation, tenant, holder),
        [`${podSecurity}/enforce`]: 'restricted',
        [`${podSecurity}/warn`]: 'restricted',
        [`${podSecurity}/audit`]: 'restricted',
      },
      annotations: { 'farutech.io/global-instance-id': tenant.globalInstanceId },
    },
  } satisfies V1Namespace;
}

export function ingressOf(settings: ClusterSettings, tenant: ClusterTenant, holder: Holder) {
  const { service, port } = settings.backend;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: 'farutech',
      namespace: tenant.namespace,
      labels: labelsOf(settings.installation, tenant, holder),
      annotations: { 'cert-manager.io/cluster-issuer': settings.certIssuer },
    },
    spec: {
      ingressClassName: settings.ingressClass,
      tls: [{ hosts: [tenant.hostname], secretName: 'farutech-tls' }],
      rules: [
        {
          host: tenant.hostname,
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: { service: { name: service, port: { number: port } } },
              },
            ],
          },
        },
      ],
    },
  } satisfies V1Ingress;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Lo de dentro del espacio de nombres, en el orden en que se aplica: los límites antes que nada que gaste. */
export async function contentsOf(
  settings: ClusterSettings,
  tenant: ClusterTenant,
  holder: Holder,
): Promise<readonly Manifest[]> {
  const { quota, containerLimit, containerRequest } = settings.tiers[tenant.tier];
  const metadata = (name: string) => ({
    name,
    namespace: tenant.namespace,
    labels: labelsOf(settings.installation, tenant, holder),
  });
  const connection = await tenant.connection();
  const bare = [
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: metadata('farutech'),
      spec: { hard: { ...quota } },
    },
    {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: metadata('farutech'),
      spec: {
        limits: [
          { type: 'Container', _default: { ...containerLimit }, defaultRequest: { ...containerRequest } },
        ],
      },
    },
    ...networkPolicies(settings, tenant).map(({ name, spec }) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: metadata(name),
      spec,
    })),
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: metadata('farutech-app'),
      automountServiceAccountToken: false,
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      metadata: metadata('farutech-instance'),
      data: {
        INSTANCE_ID: base64(tenant.instanceId),
        ...(connection === null ? {} : { DATABASE_URL: base64(connection.reveal()) }),
      },
    },
  ];
  return bare;
}
