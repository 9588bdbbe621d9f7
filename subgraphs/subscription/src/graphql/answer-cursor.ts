import { DomainError } from '@farutech/kernel/errors';

/** Opaco para los clientes: la marca de la respuesta que ya tienen. */
export const answerCursor = (mark: string): string => Buffer.from(`answer:v1:${mark}`).toString('base64url');

/** INVALID_CURSOR para lo que no dio nunca una respuesta. */
export function parseAnswerCursor(raw: string): string {
  const [, mark] = /^answer:v1:([\w-]{22})$/.exec(Buffer.from(raw, 'base64url').toString('utf8')) ?? [];
  if (mark !== undefined) return mark;
  throw new DomainError('INVALID_CURSOR', 'This cursor is not one that an answer gave.', 'after');
}
