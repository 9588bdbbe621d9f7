import { answerText } from './answer-version.ts';
import { effectiveFeatures } from './effective-features.ts';
import type { Entitlement } from './entitlement.ts';

/** Los instantes en que algo empieza o acaba; entre dos seguidos la respuesta no puede cambiar sola. */
function boundariesAfter({ states, overrides, features }: Entitlement, at: Date): readonly number[] {
  const instants = [
    ...states.flatMap((state) => [state.validFrom, state.validTo, state.startsAt, state.expiresAt]),
    ...overrides.flatMap((override) => [override.validFrom, override.validTo]),
    ...features.map((feature) => feature.retiredAt),
  ];
  const later = instants.filter((instant) => instant !== null && instant > at).map(Number);
  return [...new Set(later)].sort((a, b) => a - b);
}

/** Cuándo será otra la respuesta si no pasa nada más; null: nunca. */
export function nextChangeAt(entitlement: Entitlement, at: Date): Date | null {
  const boundaries = boundariesAfter(entitlement, at);
  if (boundaries.length === 0) return null;
  const now = answerText(effectiveFeatures(entitlement, at));
  const change = boundaries
    .map((instant) => new Date(instant))
    .find((instant) => answerText(effectiveFeatures(entitlement, instant)) !== now);
  return change ?? null;
}

/**
 * La respuesta de ahora y las que vendrán por sí solas, cada una con su instante, en un texto: a quien escucha le
 * importa también que cambie lo que está por venir.
 */
export function answersFrom(entitlement: Entitlement, at: Date): string {
  let last = answerText(effectiveFeatures(entitlement, at));
  const answers: unknown[] = [last];
  for (const instant of boundariesAfter(entitlement, at)) {
    const text = answerText(effectiveFeatures(entitlement, new Date(instant)));
    if (text === last) continue;
    answers.push([instant, text]);
    last = text;
  }
  return JSON.stringify(answers);
}
