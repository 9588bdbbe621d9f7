import type { AnswerReadings } from '../graphql/effective-features-live.resolver.ts';

/** Para imprimir el esquema, o mirarlo, sin base de datos. */
export const unheardAnswers: AnswerReadings = {
  open() {
    throw new TypeError('aquí nadie escucha');
  },
};
