import { farutech } from './command-line.ts';
import type { StackView } from './stack.ts';

interface Answer {
  readonly holds: boolean;
  readonly laws: readonly {
    readonly law: string;
    readonly found: number;
    readonly toldOnly: boolean;
    readonly sentences: readonly string[];
  }[];
}

/** Lo que responde `./farutech oracle`, se cumplan o no las leyes. */
export async function askOracle(
  { env }: Pick<StackView, 'env'>,
  options: readonly string[] = [],
): Promise<Answer & { code: number }> {
  const { code, out, err } = await farutech(env, ['oracle', '--json', ...options]);
  if (out === '') throw new Error(`el oráculo no respondió: ${err}`);
  return { ...(JSON.parse(out) as Answer), code };
}

/** Tras una avería: en ese plazo todo lo aceptado ha acabado, una vez y en su sitio. */
export async function expectOracleClean(
  stack: Pick<StackView, 'env'>,
  { withinSeconds = 20 }: { withinSeconds?: number } = {},
): Promise<void> {
  const { holds, laws } = await askOracle(stack, ['--quiet-for', '0', '--within', `${withinSeconds}`]);
  if (holds) return;
  const broken = laws.filter(({ found, toldOnly }) => found > 0 && !toldOnly);
  const sentences = broken.flatMap((one) => [`${one.law}: ${one.found}`, ...one.sentences.slice(0, 10)]);
  throw new Error(`el oráculo ve leyes rotas:\n${sentences.join('\n')}`);
}
