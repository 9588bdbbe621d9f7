import type { Args } from '../mutations.ts';
import type { World } from './world.ts';

/** Quién lo pide: quien opera, o quien administra a Grupo Éxito. */
type Asker = 'operator' | 'customerAdmin';

/** Qué se cambia de la entrada buena, y el código y el campo que la API dice de ello. */
export type Row = readonly [
  why: string,
  wrong: Args | ((world: World) => Args),
  code: string,
  field: string | undefined,
  asker?: Asker,
];

export interface Cases {
  /** Una entrada a la que no le pasa nada. */
  right(world: World): Args;
  readonly rows: readonly Row[];
}

export type MutationCases = Readonly<Record<string, Cases>>;

/** Ningún servidor la ha dado nunca. */
export const absent = '0198a000-0000-7000-8000-000000000000';

/** Lo roto va dentro de `input` si la mutación no tiene otra cosa; si la tiene, la fila dice dónde va. */
export function brokenBy([, wrong]: Row, cases: Cases, world: World): Args {
  const change = typeof wrong === 'function' ? wrong(world) : wrong;
  const { input, ...rest } = cases.right(world);
  const alone = input !== undefined && Object.keys(rest).length === 0;
  return alone ? { input: { ...input, ...change } } : { ...cases.right(world), ...change };
}
