import { Secret } from '@farutech/kernel/secret';
import { FencedError } from '@farutech/messaging/consume';
import { v7 } from 'uuid';
import type { ClusterTenant, Holder } from '../provisioning/cluster/cluster.ts';
import { type ClusterSettings, defaultTiers } from '../provisioning/cluster/settings.ts';

export const testSettings: ClusterSettings = {
  installation: 'prueba',
  ingressClass: 'nginx',
  ingressNamespace: 'ingress-nginx',
  backend: { service: 'app', port: 8080 },
  certIssuer: 'letsencrypt',
  database: [{ cidr: '10.0.0.5/32', port: 5432 }],
  gateway: [{ namespace: 'farutech', port: 4000 }],
  tiers: defaultTiers,
  requestTimeoutMs: 10_000,
  removalMs: 20_000,
};

let count = 0;

/** Una instancia de Grupo Éxito en el clúster. */
export function aTenant(over: Partial<ClusterTenant> & { readonly password?: string } = {}): ClusterTenant {
  count += 1;
  const { password = 'una-clave', ...rest } = over;
  const tier = over.tier ?? 'STANDARD';
  return {
    instanceId: v7(),
    customerId: v7(),
    productCode: 'FARUTECH_VET',
    tier,
    globalInstanceId: `grupo-exito-norte-${count}`,
    namespace: `tenant-grupo-exito-norte-${count}`,
    hostname: `norte-${count}.farutech.test`,
    connection: async () =>
      tier === 'ENTERPRISE' ? new Secret(`postgresql://t:${password}@db:5432/t`) : null,
    ...rest,
  };
}

export interface TestHolder extends Holder {
  /** Otro se la quedó. */
  lose(): void;
  /** La misma operación, retomada por otro. */
  next(): TestHolder;
}

/** Quien tiene una operación. `meanwhile` ocurre una vez, cuando pregunta si sigue siendo suya. */
export function aHolder(operationId = v7(), epoch = 1, meanwhile?: () => Promise<void>): TestHolder {
  let lost = false;
  let pending = meanwhile;
  return {
    operationId,
    epoch,
    async confirm() {
      const isLost = lost;
      const work = pending;
      pending = undefined;
      if (isLost) throw new FencedError(`operation ${operationId} has left epoch ${epoch}`);
      await work?.();
    },
    lose() {
      lost = true;
    },
    next: () => aHolder(operationId, epoch + 1),
  };
}
