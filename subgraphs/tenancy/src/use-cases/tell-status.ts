import { type OutgoingEvent, tell } from '@farutech/contracts/contract';
import { tenantInstanceStatusChanged } from '@farutech/contracts/tenancy';
import type { TenantInstance } from '../domain/tenant-instance.ts';

/** The entries of an instance's feed as messages. A version has one message id, however often it is told. */
export const feedEvents = (instance: TenantInstance): OutgoingEvent[] =>
  instance.entries.map((entry) =>
    tell(tenantInstanceStatusChanged, entry, `status:${entry.instanceId}:${entry.version}`),
  );
