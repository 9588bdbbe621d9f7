import { randomBytes } from 'node:crypto';

/** A W3C `traceparent`, read. */
export interface Traceparent {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
}

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const zeros = /^0+$/;

/** `null` for anything that the W3C recommendation tells a receiver to ignore. */
export function parseTraceparent(raw: string | undefined): Traceparent | null {
  const [, version, traceId, spanId, flags, rest] = form.exec(raw ?? '') ?? [];
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined)
    return null;
  // La versión 00 no admite más campos; ff está prohibida; las futuras se leen como 00.
  if (version === 'ff' || (version === '00' && rest !== undefined)) return null;
  if (zeros.test(traceId) || zeros.test(spanId)) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

const write = (traceId: string, sampled: boolean): string =>
  `00-${traceId}-${randomBytes(8).toString('hex')}-${sampled ? '01' : '00'}`;

/** Starts a trace. */
export const newTraceparent = (): string => write(randomBytes(16).toString('hex'), true);

/** A new span of the same trace; a new trace when there is no usable parent. */
export function childTraceparent(parent: string | undefined): string {
  const parsed = parseTraceparent(parent);
  return parsed === null ? newTraceparent() : write(parsed.traceId, parsed.sampled);
}
