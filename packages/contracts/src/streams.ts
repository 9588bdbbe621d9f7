/**
 * The four JetStream streams. Commands are work (one taker, then gone); facts and dead letters are kept.
 * `subjects` never overlap: a server refuses two streams that claim one subject.
 */
export const streams = {
  CMD: { name: 'CMD', subjects: ['farutech.cmd.>'], retention: 'workqueue', maxAgeDays: 0 },
  STATUS: { name: 'STATUS', subjects: ['farutech.status.>'], retention: 'limits', maxAgeDays: 7 },
  EVENT: { name: 'EVENT', subjects: ['farutech.event.>'], retention: 'limits', maxAgeDays: 30 },
  DLQ: { name: 'DLQ', subjects: ['farutech.dlq.>'], retention: 'limits', maxAgeDays: 90 },
} as const;

export type StreamName = keyof typeof streams;

/** A repeated message id inside this window is swallowed by the server: 10 minutes. */
export const duplicateWindowMs = 600_000;

const token = /^[A-Za-z0-9_-]+$/;

/** One token of a subject. A dot, a space, `*` or `>` in an id would let a message land in another's subject. */
export function subjectToken(raw: string): string {
  if (!token.test(raw)) throw new TypeError(`not a subject token: ${JSON.stringify(raw)}`);
  return raw;
}

export const deadLetterSubject = (stream: StreamName, aggregateId: string, messageId: string): string =>
  `farutech.dlq.${stream}.${subjectToken(aggregateId)}.${messageId.replace(/[^A-Za-z0-9_-]/g, '-')}`;
