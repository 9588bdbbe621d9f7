import type { ClusterTenant, Holder } from './cluster.ts';

export const fieldManager = 'farutech-orchestrator';

export const labels = {
  managedBy: 'app.kubernetes.io/managed-by',
  installation: 'farutech.io/installation',
  instance: 'farutech.io/instance',
  customer: 'farutech.io/customer',
  product: 'farutech.io/product',
  tier: 'farutech.io/tier',
  operation: 'farutech.io/operation',
  epoch: 'farutech.io/epoch',
} as const;

export const annotations = {
  /** Las réplicas que había antes de suspender. */
  replicas: 'farutech.io/replicas-before-suspension',
  /** Quién retomó la operación: escribirla cambia la versión del objeto, y a quien la vio antes ya no le vale. */
  fencedBy: 'farutech.io/fenced-by',
} as const;

export const ownedBy = (installation: string): string =>
  `${labels.managedBy}=${fieldManager},${labels.installation}=${installation}`;

export const labelsOf = (
  installation: string,
  tenant: ClusterTenant,
  holder: Holder,
): Record<string, string> => ({
  [labels.managedBy]: fieldManager,
  [labels.installation]: installation,
  [labels.instance]: tenant.instanceId,
  [labels.customer]: tenant.customerId,
  [labels.product]: tenant.productCode,
  [labels.tier]: tenant.tier.toLowerCase(),
  [labels.operation]: holder.operationId,
  [labels.epoch]: `${holder.epoch}`,
});

type Labels = Readonly<Record<string, string>>;

export const isOurs = (seen: Labels, installation: string, instanceId: string): boolean =>
  seen[labels.managedBy] === fieldManager &&
  seen[labels.installation] === installation &&
  seen[labels.instance] === instanceId;

/** La época con la que esta misma operación firmó; `undefined` si la última en firmar fue otra. */
export const epochIn = (seen: Labels, holder: Holder): number | undefined =>
  seen[labels.operation] === holder.operationId ? Number(seen[labels.epoch]) : undefined;
