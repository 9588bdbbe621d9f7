import { median } from '../../tests/support/quantile.ts';

export interface Contestant {
  readonly name: string;
  /** Lo que se mide, en milisegundos. */
  run(): Promise<number>;
  /** Deja el servidor como estaba. No se mide. */
  clear(): Promise<void>;
}

/** Las rondas de cada uno, en el mismo orden: la i-ésima de uno y de otro se midieron seguidas. */
export type Rounds = ReadonlyMap<string, readonly number[]>;

/**
 * Todos en cada ronda, y la siguiente en orden contrario: lo que la máquina haga mientras tanto les toca a todos. Una
 * primera de calentamiento no cuenta.
 */
export async function inTurns(
  contestants: readonly Contestant[],
  rounds: number,
  say: (line: string) => void,
): Promise<Rounds> {
  const taken = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? contestants : contestants.toReversed();
    for (const { name, run, clear } of order) {
      const ms = await run();
      await clear();
      say(`round ${round} · ${name} ${ms.toFixed(0)} ms`);
      if (round > 0) taken.get(name)?.push(ms);
    }
  }
  return taken;
}

export const roundsOf = (rounds: Rounds, name: string): readonly number[] => rounds.get(name) ?? [];

/** Cuánto de lo que da `base` da `one`, ronda a ronda; se queda la mediana y se dice entre qué va. */
export function ratio(
  rounds: Rounds,
  one: string,
  base: string,
): { readonly median: number; readonly range: string } {
  const bases = roundsOf(rounds, base);
  const each = roundsOf(rounds, one).map((ms, index) => (bases[index] ?? Number.NaN) / ms);
  const [least, most] = [Math.min(...each), Math.max(...each)];
  return { median: median(each), range: `${least.toFixed(2)}–${most.toFixed(2)}` };
}
