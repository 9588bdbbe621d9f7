import type { V1NetworkPolicyPeer, V1NetworkPolicyPort, V1NetworkPolicySpec } from '@kubernetes/client-node';
import type { ClusterTenant } from './cluster.ts';
import type { ClusterSettings, Peer } from './settings.ts';

interface NamedPolicy {
  readonly name: string;
  readonly spec: V1NetworkPolicySpec;
}

const inNamespace = (name: string): V1NetworkPolicyPeer => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});

const peerOf = (peer: Peer): V1NetworkPolicyPeer =>
  'cidr' in peer ? { ipBlock: { cidr: peer.cidr } } : inNamespace(peer.namespace);

const tcp = (port: number): V1NetworkPolicyPort => ({ protocol: 'TCP', port });

const egressTo = (name: string, peers: readonly Peer[]): NamedPolicy => ({
  name,
  spec: {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: peers.map((peer) => ({ to: [peerOf(peer)], ports: [tcp(peer.port)] })),
  },
});

/**
 * Todo cerrado, y después lo justo. Las de la base y la puerta de enlace están siempre, aunque no abran nada: quien
 * pasa a Standard pierde el camino a la base al volver a aplicarlas, sin que haya que buscar qué borrar.
 */
export function networkPolicies(settings: ClusterSettings, tenant: ClusterTenant): readonly NamedPolicy[] {
  return [
    { name: 'farutech-default-deny', spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } },
    {
      name: 'farutech-dns',
      spec: {
        podSelector: {},
        policyTypes: ['Egress'],
        egress: [{ to: [inNamespace('kube-system')], ports: [{ protocol: 'UDP', port: 53 }, tcp(53)] }],
      },
    },
    {
      name: 'farutech-ingress',
      spec: {
        podSelector: {},
        policyTypes: ['Ingress'],
        ingress: [{ _from: [inNamespace(settings.ingressNamespace)] }],
      },
    },
    egressTo('farutech-gateway', settings.gateway),
    // Un Standard llega a sus datos por la puerta de enlace: la base compartida no es asunto de sus procesos.
    egressTo('farutech-database', tenant.tier === 'ENTERPRISE' ? settings.database : []),
  ];
}
