import { createHash } from 'node:crypto';
import type { Digest } from './domain/answer-version.ts';

const length = 22;

/** Fuera del dominio: la regla no conoce Node. */
export const sha256: Digest = (text) =>
  createHash('sha256').update(text).digest('base64url').slice(0, length);
