import type { Envelope } from '@farutech/contracts/contract';
import { headers, type MsgHdrs } from 'nats';

const correlationHeader = 'x-correlation-id';

/** What tools that do not read bodies may want to see. */
export function headersOf(envelope: Envelope): MsgHdrs {
  const made = headers();
  made.set(correlationHeader, envelope.correlationId);
  made.set('x-message-name', `${envelope.name}.v${envelope.version}`);
  if (envelope.traceparent !== undefined) made.set('traceparent', envelope.traceparent);
  return made;
}

export const correlationIn = (given: MsgHdrs | undefined): string => given?.get(correlationHeader) ?? '';
