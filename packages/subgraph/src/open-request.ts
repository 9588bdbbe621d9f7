import { isUuid } from '@farutech/kernel/ids';
import type { InternalTokenVerifier } from '@farutech/runtime/internal-token';
import type { Logger } from '@farutech/runtime/logger';
import type { RequestBase } from './request-context.ts';

/** What the gateway sends with an operation: in headers over HTTP, in `extensions` over a socket. */
export interface GatewayWord {
  readonly internalToken: unknown;
  readonly correlationId: string;
  readonly traceparent: unknown;
}

/** A valid UUID is adopted, so that one id runs from the client to the last log line. */
export const correlationIdOf = (raw: unknown): string =>
  typeof raw === 'string' && isUuid(raw) ? raw.toLowerCase() : crypto.randomUUID();

/** Refuses with UNAUTHENTICATED whoever does not come from the gateway. `log` is bound to the correlation id. */
export async function openRequest(
  { internalToken, correlationId, traceparent }: GatewayWord,
  verifier: InternalTokenVerifier,
  log: Logger,
): Promise<RequestBase> {
  const viewer = await verifier.verify(typeof internalToken === 'string' ? internalToken : '');
  return { viewer, correlationId, log, ...(typeof traceparent === 'string' && { traceparent }) };
}
