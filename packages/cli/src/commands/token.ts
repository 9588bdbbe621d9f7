import { type Noun, verb } from '../command.ts';
import { UsageError } from '../failure.ts';

const get = verb({
  name: 'get',
  summary: 'prints an access token for the stack of make up, and nothing else',
  words: [],
  options: {
    as: { kind: 'text', value: 'login', help: 'of a demo login; the operator by default' },
    app: { kind: 'text', value: 'instance id', help: 'of the child application of an instance' },
  },
  examples: [
    { command: 'token get', means: 'the operator’s; it lives five minutes' },
    { command: 'token get --as admin@exito.test', means: 'of one who works for a customer' },
  ],
  async run({ options: { as, app }, place }) {
    if (as !== undefined && app !== undefined) throw new UsageError('--as or --app, not both');
    const token = await place.token(app === undefined ? { as } : { app });
    return { text: token, data: { token } };
  },
});

export const token: Noun = { name: 'token', summary: 'access tokens to try things out', verbs: [get] };
