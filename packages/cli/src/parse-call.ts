import { parseArgs } from 'node:util';
import type { CountOption, Given, Option, Options, TextOption, Verb } from './command.ts';
import { UsageError } from './failure.ts';
import { suggestion } from './nearest.ts';

/** `--json` and `--help` stand behind any command. */
export const commonOptions = {
  json: { kind: 'flag', help: 'the answer as JSON, for programs' },
  help: { kind: 'flag', help: 'this text' },
} as const satisfies Options;

interface Arguments {
  readonly words: readonly string[];
  /** Solo las que se dieron, con el texto que traían; nada si no traían ninguno. */
  readonly given: ReadonlyMap<string, string | undefined>;
}

function read(args: readonly string[], options: Options): Arguments {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { kind }]) => [
        name,
        { type: kind === 'flag' ? 'boolean' : 'string' } as const,
      ]),
    ),
    allowPositionals: true,
    // Sin `strict` los errores se dicen aquí, con el nombre más parecido.
    strict: false,
    tokens: true,
  });
  const words: string[] = [];
  const given = new Map<string, string | undefined>();
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind === 'option') given.set(token.name, token.value);
  }
  return { words, given };
}

function checkedText(name: string, raw: string, { oneOf }: TextOption): string {
  if (oneOf === undefined) return raw;
  const found = oneOf.find((one) => one.toLowerCase() === raw.toLowerCase());
  if (found !== undefined) return found;
  throw new UsageError(`--${name} is one of ${oneOf.join(', ')}${suggestion(raw, oneOf)}`);
}

function checkedCount(name: string, raw: string, { from }: CountOption): number {
  const least = from ?? 1;
  if (/^(0|[1-9]\d{0,8})$/.test(raw) && Number(raw) >= least) return Number(raw);
  throw new UsageError(`--${name} is a whole number from ${least}, not ${raw}`);
}

function readOption(
  name: string,
  option: Option,
  { given }: Arguments,
): string | number | boolean | undefined {
  const raw = given.get(name);
  if (option.kind === 'flag') {
    if (raw !== undefined) throw new UsageError(`--${name} stands alone: it takes no value`);
    return given.has(name);
  }
  if (!given.has(name)) return undefined;
  if (raw === undefined || raw === '') throw new UsageError(`--${name} needs its <${option.value}>`);
  return option.kind === 'count' ? checkedCount(name, raw, option) : checkedText(name, raw, option);
}

export interface ParsedCall {
  readonly words: readonly string[];
  readonly options: Given<Options>;
  readonly json: boolean;
  readonly help: boolean;
}

/** What follows `<noun> <verb>`, checked against what the verb declares. */
export function parseCall(args: readonly string[], verb: Verb): ParsedCall {
  const known = { ...verb.options, ...commonOptions };
  const parsed = read(args, known);
  const help = parsed.given.has('help');
  for (const name of parsed.given.keys()) {
    if (!Object.hasOwn(known, name)) {
      throw new UsageError(`There is no option --${name}${suggestion(name, Object.keys(known))}`);
    }
  }
  if (!help && parsed.words.length !== verb.words.length) {
    const wanted = verb.words.map((word) => `<${word}>`).join(' ');
    throw new UsageError(
      parsed.words.length < verb.words.length
        ? `It needs ${wanted}`
        : `It takes ${wanted || 'no words'}; there is ${parsed.words.slice(verb.words.length).join(' ')} too`,
    );
  }
  const options = Object.fromEntries(
    Object.entries(verb.options).map(([name, option]) => [name, readOption(name, option, parsed)]),
  ) as Given<Options>;
  return { words: parsed.words, options, json: parsed.given.has('json'), help };
}
