import type { Example, Noun, Option, Options, Verb } from './command.ts';
import { commonOptions } from './parse-call.ts';
import { pairs } from './table.ts';

const command = './farutech';

const spelled = (name: string, option: Option): string =>
  option.kind === 'flag' ? `--${name}` : `--${name} <${option.value}>`;

const explained = (option: Option): string =>
  option.kind === 'text' && option.oneOf !== undefined
    ? `${option.help}: ${option.oneOf.join(', ')}`
    : option.help;

function usage(noun: Noun, verb: Verb): string {
  const words = verb.words.map((word) => ` <${word}>`).join('');
  const options = Object.entries(verb.options).map(([name, option]) => ` [${spelled(name, option)}]`);
  return `${command} ${noun.name} ${verb.name}${words}${options.join('')}`;
}

const listed = (options: Options): string =>
  pairs(
    Object.entries(options).map(([name, option]) => [spelled(name, option), explained(option)]),
    '  ',
  );

const shown = (examples: readonly Example[]): string =>
  examples.map(({ command: line, means }) => `  # ${means}\n  ${command} ${line}`).join('\n\n');

const sections = (...parts: readonly string[]): string => parts.join('\n\n');

/** Every noun, how to go on, and where it looks for the stack. */
export const overview = (nouns: readonly Noun[]): string =>
  sections(
    `Operates a Farutech control plane:  ${command} <noun> <verb> [--options]`,
    pairs(
      nouns.map(({ name, verbs, summary }) => [
        name,
        `${summary} (${verbs.map((verb) => verb.name).join(', ')})`,
      ]),
      '  ',
    ),
    [`  ${command} <noun>            its verbs, with examples`, `  ${command} <noun> <verb> --help`].join(
      '\n',
    ),
    shown(nouns.flatMap(({ verbs }) => verbs[0]?.examples.slice(0, 1) ?? []).slice(0, 4)),
    [
      'It works on the stack of make up (FARUTECH_DATA, by default .data), or on what the environment names:',
      pairs(
        [
          ['GATEWAY_URL', 'where the API answers: https://…/graphql'],
          ['FARUTECH_TOKEN', 'the access token; without it, that of the demo operator of the stack'],
          ['NATS_URL', 'nats://host:4222'],
          ['DATABASE_URL_<NAME>', 'of CATALOG, TENANCY, SUBSCRIPTION, IDENTITY, WORKERS'],
          ['DATABASE_URL', 'a server with databases named farutech_catalog, farutech_tenancy …'],
          ['TENANT_SERVER_URL', 'where tenants’ own databases are; TENANTS_DATABASE_URL, the shared one'],
        ],
        '  ',
      ),
    ].join('\n'),
    'Exit codes: 0 done, 1 refused or failed, 2 not understood. --json prints the answer for programs.',
  );

export const nounHelp = (noun: Noun): string =>
  sections(
    `${noun.name}: ${noun.summary}`,
    pairs(
      noun.verbs.map((verb) => [usage(noun, verb), verb.summary]),
      '  ',
    ),
    shown(noun.verbs.flatMap(({ examples }) => examples)),
  );

export const verbHelp = (noun: Noun, verb: Verb): string =>
  sections(
    `${noun.name} ${verb.name}: ${verb.summary}`,
    `  ${usage(noun, verb)}`,
    listed({ ...verb.options, ...commonOptions }),
    shown(verb.examples),
  );
