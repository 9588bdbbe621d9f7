import { type Noun, verb } from '../command.ts';
import { pairs, table } from '../table.ts';

/** Las direcciones de las bases y de NATS llevan contraseña: se enseña todo lo demás. */
function withoutPassword(address: string): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  if (url.password !== '') url.password = '***';
  return url.toString();
}

const show = verb({
  name: 'show',
  summary: 'says what runs here and where, without passwords',
  words: [],
  options: {},
  examples: [
    { command: 'stack show', means: 'addresses and processes of make up' },
    { command: "stack show --json | jq -r '.processes[].logFile'", means: 'where each one writes its log' },
  ],
  async run({ place }) {
    const stack = place.stack();
    const databases = Object.fromEntries(
      Object.entries(stack.databases).map(([name, url]) => [name, withoutPassword(url)]),
    );
    const shown = {
      ...stack,
      databaseUrl: withoutPassword(stack.databaseUrl),
      natsUrl: withoutPassword(stack.natsUrl),
      databases,
    };
    const addresses = pairs([
      ['state', `${shown.state}, ${shown.profile} profile, pid ${shown.pid}`],
      ['GraphQL', shown.gatewayUrl],
      ['live', shown.subscriptionUrl],
      ['identity', shown.identityUrl],
      ['NATS', shown.natsUrl],
      ...Object.entries(databases).map(([name, url]) => [`database ${name}`, url] as const),
    ]);
    const processes = table(
      ['process', 'pid', 'log'],
      shown.processes.map(({ name, pid, logFile }) => [name, `${pid}`, logFile]),
    );
    return { text: `${addresses}\n\n${processes}`, data: shown };
  },
});

export const stack: Noun = { name: 'stack', summary: 'the stack of make up', verbs: [show] };
