import type { Cause } from '@farutech/kernel/request';
import type { AuditsRefusals, RequestBase } from '@farutech/subgraph/request-context';
import type { TenancyReads } from '../persistence/queries/tenancy-reads.ts';

export interface TenancyContext extends RequestBase, AuditsRefusals {
  /** What the viewer may read, batched. */
  reads: TenancyReads;
  /** After a write: what was loaded before it counts no more. */
  renewReads(): TenancyReads;
}

export const causeOf = ({ viewer, correlationId, traceparent }: RequestBase): Cause => ({
  actor: viewer.sub,
  correlationId,
  ...(traceparent !== undefined && { traceparent }),
});
