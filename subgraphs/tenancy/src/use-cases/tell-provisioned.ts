import { type OutgoingEvent, tell } from '@farutech/contracts/contract';
import { tenantInstanceProvisioned } from '@farutech/contracts/provisioning';
import type { OperationData } from '../domain/operation-data.ts';
import type { TenantPlace } from '../domain/ports.ts';

interface Provisioned {
  readonly instanceId: string;
  readonly provisionedAt: Date;
  readonly home: TenantPlace;
  readonly operation: Pick<OperationData, 'id' | 'epoch' | 'lastFact' | 'attempt'>;
}

/** Con el número que ya se aplicó aquí: para tenancy no es nuevo, y subscription lo espera para decir ACTIVE. */
export const tellProvisioned = ({ instanceId, provisionedAt, home, operation }: Provisioned): OutgoingEvent =>
  tell(tenantInstanceProvisioned, {
    operationId: operation.id,
    instanceId,
    epoch: operation.epoch,
    n: operation.lastFact,
    attempt: operation.attempt,
    databaseId: home.databaseId,
    databaseTier: home.databaseTier,
    connectionCiphertext: home.connectionCipher,
    provisionedAt: provisionedAt.toISOString(),
  });
