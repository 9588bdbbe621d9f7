import { DomainError } from '@farutech/kernel/errors';

type Stream = 'status' | 'change';

/** Opaco para los clientes. Lleva dentro el nombre del flujo, para que uno no acepte el cursor del otro. */
export const liveCursor = (stream: Stream, version: number): string =>
  Buffer.from(`${stream}:v1:${version}`).toString('base64url');

/** INVALID_CURSOR para lo que este flujo no dio nunca. */
export function parseLiveCursor(stream: Stream, raw: string): number {
  const [, name, version] =
    /^(\w+):v1:(\d{1,15})$/.exec(Buffer.from(raw, 'base64url').toString('utf8')) ?? [];
  if (name !== stream || version === undefined) {
    throw new DomainError('INVALID_CURSOR', 'This cursor is not one that this stream gave.', 'after');
  }
  return Number(version);
}
