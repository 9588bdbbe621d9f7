import type { IncomingMessage } from 'node:http';
import { isUuid } from '@farutech/kernel/ids';

export const correlationHeader = 'x-correlation-id';

const known = new WeakMap<IncomingMessage, string>();

/** Un UUID válido se adopta; cualquier otra cosa se sustituye. Una petición tiene siempre el mismo. */
export function correlationIdOf(request: IncomingMessage): string {
  const before = known.get(request);
  if (before !== undefined) return before;
  const id = adopt(request.headers[correlationHeader]);
  known.set(request, id);
  return id;
}

export const adopt = (given: unknown): string =>
  typeof given === 'string' && isUuid(given) ? given.toLowerCase() : crypto.randomUUID();
