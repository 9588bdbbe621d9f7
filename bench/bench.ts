import type { Figures } from '../tests/support/figure-table.ts';

/** Algo prometido que se mide; sus cifras quedan en docs/bench/<name>.md. */
export interface Bench {
  readonly name: string;
  /** Qué se midió contra qué, para quien lea la tabla. */
  readonly notes: readonly string[];
  /** Levanta lo que necesita, mide y no deja nada en pie. `say` cuenta por dónde va. */
  measure(say: (line: string) => void): Promise<Figures>;
}
