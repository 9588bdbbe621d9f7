import { setTimeout as wait } from 'node:timers/promises';
import { type Noun, verb } from '../command.ts';
import { judge, type LawOptions, type Verdict } from '../oracle/laws.ts';
import { look } from '../oracle/look.ts';
import type { Place } from '../place.ts';
import { counted, table } from '../table.ts';

const defaultQuietSeconds = 60;
/** De cada ley se enseñan unas cuantas; a un programa, todas. */
const shownEach = 5;
const everyMs = 250;

const holds = (verdicts: readonly Verdict[]): boolean =>
  verdicts.every(({ found, toldOnly }) => toldOnly || found.length === 0);

interface Answer {
  readonly verdicts: readonly Verdict[];
  readonly blind: boolean;
}

/** Mira hasta que todo esté en su sitio o se acabe el plazo: lo último que se vio es la respuesta. */
async function ask(place: Place, options: LawOptions, withinMs: number): Promise<Answer> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const { seen, blind } = await look(place);
    const verdicts = judge(seen, options);
    if (holds(verdicts) || performance.now() >= deadline) return { verdicts, blind };
    await wait(everyMs);
  }
}

function shown(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ law, found, toldOnly }) => [
    law,
    `${found.length}`,
    found.length === 0 ? 'holds' : toldOnly ? 'told' : 'BROKEN',
  ]);
  const examples = verdicts
    .filter(({ found }) => found.length > 0)
    .flatMap(({ law, found }) => {
      const rest = found.length - shownEach;
      return [
        '',
        `${law}:`,
        ...found.slice(0, shownEach).map((one) => `  ${one}`),
        ...(rest > 0 ? [`  and ${counted(rest, 'other')}`] : []),
      ];
    });
  return [table(['law', 'found', ''], rows), ...examples].join('\n');
}

const check = verb({
  name: 'check',
  summary: 'compares all databases and NATS with each other, and says which laws are broken',
  words: [],
  options: {
    'quiet-for': {
      kind: 'count',
      value: 'seconds',
      from: 0,
      help: `how long an unfinished operation may say nothing; ${defaultQuietSeconds} by default`,
    },
    within: { kind: 'count', value: 'seconds', help: 'looks again for that long, until all laws hold' },
    strict: { kind: 'flag', help: 'an open dead letter is a violation, too' },
  },
  examples: [
    { command: 'oracle check', means: 'the same as oracle alone; exit code 1 if a law is broken' },
    {
      command: 'oracle check --quiet-for 0 --within 30',
      means: 'after a disturbance: wait until all has ended',
    },
    { command: "oracle check --json | jq '.laws[] | select(.found > 0)'", means: 'for a program' },
  ],
  async run({ options, place, note }) {
    const quietForMs = (options['quiet-for'] ?? defaultQuietSeconds) * 1_000;
    const withinMs = (options.within ?? 0) * 1_000;
    const { verdicts, blind } = await ask(place, { quietForMs, strict: options.strict }, withinMs);
    if (blind) {
      note(
        'The role does not bypass row-level security: the rows of tenants were not compared, their gates were.',
      );
    }
    return {
      text: shown(verdicts),
      data: {
        holds: holds(verdicts),
        laws: verdicts.map(({ law, found, toldOnly }) => ({
          law,
          found: found.length,
          toldOnly,
          sentences: found,
        })),
      },
      failed: !holds(verdicts),
    };
  },
});

export const oracle: Noun = {
  name: 'oracle',
  summary: 'whether everything that was accepted has ended, once and in its place',
  verbs: [check],
  alone: check,
};
