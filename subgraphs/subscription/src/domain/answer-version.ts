import type { EffectiveFeatures } from './effective-features.ts';

/** SHA-256 de un texto en base64url, cortado a 22 caracteres (132 bits). */
export type Digest = (text: string) => string;

/** Lo que distingue una respuesta de otra. Dos iguales dan el mismo texto, y por tanto la misma versión. */
export const answerText = ({ plan, maxUsers, features }: EffectiveFeatures): string =>
  JSON.stringify([
    plan?.code ?? null,
    plan?.version ?? null,
    maxUsers,
    features.map(({ code, enabled, cause }) => [code, enabled, cause]),
  ]);
