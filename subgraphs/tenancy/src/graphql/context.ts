import type { Cause } from '@farutech/kernel/request';
import type { AuditsRefusals, RequestBase } from '@farutech/subgraph/request-context';
import type { TenancyReads } from '../persistence/queries/tenancy-reads.ts';

export interface TenancyContext extends RequestBase, AuditsRefusals {
  /** Lo que puede leer quien pregunta, por lotes. */
  reads: TenancyReads;
  /** Tras escribir: lo que se cargó antes ya no cuenta. */
  renewReads(): TenancyReads;
}

export const causeOf = ({ viewer, correlationId, traceparent }: RequestBase): Cause => ({
  actor: viewer.sub,
  correlationId,
  ...(traceparent !== undefined && { traceparent }),
});
