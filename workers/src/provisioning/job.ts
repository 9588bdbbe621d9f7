import { operationFailure, provisionTenantInstance } from '@farutech/contracts/provisioning';
import type { Cause } from '@farutech/kernel/request';
import { z } from 'zod';

export type ProvisionInput = z.output<typeof provisionTenantInstance.schema>;

/** Lo que acabó con una operación. `attempt` es el intento en que ocurrió: deshacer lleva su propia cuenta. */
const jobFailure = operationFailure.extend({ attempt: z.int().positive() });
export type JobFailure = z.output<typeof jobFailure>;

export const claimedRow = z.object({
  input: provisionTenantInstance.schema,
  state: z.enum(['RUNNING', 'COMPENSATING']),
  epoch: z.int(),
  claims: z.int(),
  failures: z.int(),
  failure: jobFailure.nullable(),
});

/** La operación es de quien tiene su época más alta, mientras dure su plazo. */
export interface Claim extends z.output<typeof claimedRow> {
  readonly operationId: string;
  readonly cause: Cause;
  /** El intento que está en marcha, desde 1. */
  readonly attempt: number;
}

export const restingRow = z.object({
  state: z.enum(['RUNNING', 'AWAITING_CONFIRMATION', 'COMPENSATING', 'SUCCEEDED', 'COMPENSATED', 'FAILED']),
  failure: jobFailure.nullable(),
  leaseMs: z.number().nullable(),
});

export type ClaimOutcome =
  | { readonly kind: 'mine'; readonly claim: Claim }
  | { readonly kind: 'ended'; readonly failure: JobFailure | null }
  | { readonly kind: 'busy'; readonly leaseMs: number };

/** Lo que todo hecho de una operación lleva delante. */
export interface FactHead {
  readonly operationId: string;
  readonly instanceId: string;
  readonly epoch: number;
  readonly n: number;
  readonly attempt: number;
}

/** El diario no responde: no se puede ni contar el fallo. */
export class JournalUnavailableError extends Error {
  override readonly name = 'JournalUnavailableError';
}
