import type { Noun } from './command.ts';
import { describe, UsageError } from './failure.ts';
import { nounHelp, overview, verbHelp } from './help.ts';
import { suggestion } from './nearest.ts';
import { parseCall } from './parse-call.ts';
import type { Place } from './place.ts';

const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

interface Terminal {
  /** La respuesta, y nada más. */
  write(text: string): void;
  /** Lo que debe saber una persona y no debe leer un programa. */
  writeError(text: string): void;
}

interface Surroundings {
  readonly nouns: readonly Noun[];
  readonly terminal: Terminal;
  readonly place: Place;
}

const isHelp = (word: string | undefined): boolean => word === '--help' || word === '-h' || word === 'help';

function find<Named extends { readonly name: string }>(
  absence: string,
  word: string,
  known: readonly Named[],
): Named {
  const found = known.find(({ name }) => name === word);
  if (found !== undefined) return found;
  const names = known.map(({ name }) => name);
  throw new UsageError(`${absence} ${word}${suggestion(word, names) || `; there are ${names.join(', ')}`}`);
}

/** El texto que enseña, si es lo que se pide: sin nada, `help …`, un nombre solo o `--help`. */
function askedHelp(args: readonly string[], nouns: readonly Noun[]): string | undefined {
  const words = isHelp(args[0]) ? args.slice(1) : args;
  const [noun, verb] = words;
  if (noun === undefined || (noun === '--json' && words.length === 1)) return overview(nouns);
  const chosen = find('There is no noun', noun, nouns);
  if (isHelp(verb) || (verb === undefined && (isHelp(args[0]) || chosen.alone === undefined))) {
    return nounHelp(chosen);
  }
  if (verb === undefined) return undefined;
  return isHelp(args[0]) ? verbHelp(chosen, find(`${noun} has no verb`, verb, chosen.verbs)) : undefined;
}

/** `oracle --json`: sin verbo, el que el nombre lleva de suyo. */
function withVerb(args: readonly string[], nouns: readonly Noun[]): readonly string[] {
  const [noun = '', verb] = args;
  const { alone } = find('There is no noun', noun, nouns);
  const missing = verb === undefined || verb.startsWith('--');
  return alone !== undefined && missing ? [noun, alone.name, ...args.slice(1)] : args;
}

/** `false`: la respuesta es que algo no está bien. */
async function answer(args: readonly string[], { nouns, terminal, place }: Surroundings): Promise<boolean> {
  const help = askedHelp(args, nouns);
  if (help !== undefined) {
    terminal.write(`${help}\n`);
    return true;
  }
  const [noun = '', verb = '', ...rest] = withVerb(args, nouns);
  const chosenNoun = find('There is no noun', noun, nouns);
  const chosen = find(`${noun} has no verb`, verb, chosenNoun.verbs);
  const call = parseCall(rest, chosen);
  if (call.help) {
    terminal.write(`${verbHelp(chosenNoun, chosen)}\n`);
    return true;
  }
  const report = await chosen.run({
    options: call.options,
    words: call.words,
    place,
    note: (line) => terminal.writeError(`${line}\n`),
  });
  terminal.write(`${call.json ? JSON.stringify(report.data, undefined, 2) : report.text}\n`);
  return report.failed !== true;
}

/** Does what the command line says and answers with the exit code. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    return (await answer(args, surroundings)) ? exitCodes.done : exitCodes.failed;
  } catch (error) {
    const { stack, ...failure } = describe(error);
    const { terminal } = surroundings;
    const usage = error instanceof UsageError;
    if (args.includes('--json')) terminal.writeError(`${JSON.stringify({ error: failure })}\n`);
    else terminal.writeError(`${stack ?? failure.message}\n`);
    if (usage && !args.includes('--json')) terminal.writeError('./farutech help teaches the rest.\n');
    return usage ? exitCodes.usage : exitCodes.failed;
  }
}
