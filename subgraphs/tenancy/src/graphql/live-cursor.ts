import { DomainError } from '@farutech/kernel/errors';

type Stream = 'status' | 'change';

/** Opaque for clients. The name of the stream is inside, so that one does not take the cursor of the other. */
export const liveCursor = (stream: Stream, version: number): string =>
  Buffer.from(`${stream}:v1:${version}`).toString('base64url');

/** INVALID_CURSOR for what this stream never gave. */
export function parseLiveCursor(stream: Stream, raw: string): number {
  const [, name, version] =
    /^(\w+):v1:(\d{1,15})$/.exec(Buffer.from(raw, 'base64url').toString('utf8')) ?? [];
  if (name !== stream || version === undefined) {
    throw new DomainError('INVALID_CURSOR', 'This cursor is not one that this stream gave.', 'after');
  }
  return Number(version);
}
