import { readPages } from '@farutech/local/read-pages';
import { type Noun, verb } from '../command.ts';
import { Refusal, UsageError } from '../failure.ts';
import { counted, pairs, table } from '../table.ts';

interface Letter {
  readonly id: string;
  readonly worker: string;
  readonly subject: string;
  readonly correlationId: string;
  readonly attempts: number;
  readonly code: string;
  readonly reason: string;
  readonly payload: unknown;
  readonly receivedAt: string;
  readonly replays: number;
  readonly replayedAt: string | null;
  readonly discardedAt: string | null;
}

const fields = `id worker subject correlationId attempts code reason payload receivedAt replays replayedAt discardedAt`;
const query = `query($first: Int!, $after: String, $worker: String) {
  deadLetters(first: $first, after: $after, worker: $worker) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { ${fields} } }
  }
}`;

const defaultLimit = 50;
/** Las abiertas se eligen aquí, desde la más nueva: la API las da todas. */
const searchLimit = 10_000;
const widestReason = 60;

const instant = (at: string): string => at.slice(0, 19).replace('T', ' ');

function stateOf({ replayedAt, discardedAt }: Letter): string {
  if (discardedAt !== null) return 'discarded';
  return replayedAt === null ? 'open' : 'replayed';
}

const short = (text: string): string =>
  text.length > widestReason ? `${text.slice(0, widestReason - 1)}…` : text;

const ls = verb({
  name: 'ls',
  summary: 'lists the messages that were given up, newest first',
  words: [],
  options: {
    worker: { kind: 'text', value: 'name', help: 'of one consumer: provisioning, subscription-status …' },
    open: { kind: 'flag', help: 'only those that nobody has replayed or discarded' },
    limit: { kind: 'count', value: 'n', help: `how many at most; ${defaultLimit} by default` },
  },
  examples: [
    { command: 'dlq ls --open', means: 'what waits for somebody' },
    { command: 'dlq ls --worker provisioning --json', means: 'of one consumer, for a program' },
  ],
  async run({ options, place }) {
    const limit = options.limit ?? defaultLimit;
    const { nodes, total } = await readPages<Letter>(place.api(), {
      field: 'deadLetters',
      query,
      variables: { worker: options.worker ?? null },
      limit: options.open ? searchLimit : limit,
    });
    const wanted = options.open ? nodes.filter((letter) => stateOf(letter) === 'open') : nodes;
    const shown = wanted.slice(0, limit);
    const rows = shown.map((letter) => [
      letter.id,
      letter.worker,
      stateOf(letter),
      `${letter.attempts}`,
      instant(letter.receivedAt),
      letter.code,
      short(letter.reason),
    ]);
    return {
      text: [
        table(['id', 'worker', 'state', 'tries', 'given up (utc)', 'code', 'reason'], rows),
        `${counted(shown.length, 'dead letter')} of ${total}`,
      ].join('\n'),
      data: { deadLetters: shown, total },
    };
  },
});

const fully = (letter: Letter): string =>
  [
    pairs([
      ['id', letter.id],
      ['state', stateOf(letter)],
      ['worker', letter.worker],
      ['subject', letter.subject],
      ['correlation', letter.correlationId],
      ['tries', `${letter.attempts}`],
      ['given up (utc)', instant(letter.receivedAt)],
      ['code', letter.code],
      ['reason', letter.reason],
      ['replays', `${letter.replays}`],
    ]),
    '',
    typeof letter.payload === 'string' ? letter.payload : JSON.stringify(letter.payload, undefined, 2),
  ].join('\n');

const show = verb({
  name: 'show',
  summary: 'shows one dead letter with the message in it',
  words: ['id'],
  options: {},
  examples: [{ command: 'dlq show 019a3f00-0000-7000-8000-000000000001', means: 'the whole of it' }],
  async run({ place, words }) {
    const [id] = words;
    const { deadLetter: letter } = await place
      .api()
      .request<{ deadLetter: Letter | null }>(`query($id: ID!) { deadLetter(id: $id) { ${fields} } }`, {
        id,
      });
    if (letter === null) throw new Refusal('NOT_FOUND', `There is no dead letter ${id}. ./farutech dlq ls`);
    return { text: fully(letter), data: { deadLetter: letter } };
  },
});

const replay = verb({
  name: 'replay',
  summary: 'sends the message again; the order of an operation retries the operation',
  words: ['id'],
  options: {},
  examples: [
    { command: 'dlq replay 019a3f00-0000-7000-8000-000000000001', means: 'once its cause has been mended' },
  ],
  async run({ place, words }) {
    const { replayDeadLetter: letter } = await place
      .api()
      .request<{ replayDeadLetter: Letter }>(
        `mutation($id: ID!) { replayDeadLetter(id: $id) { ${fields} } }`,
        {
          id: words[0],
        },
      );
    return {
      text: `${letter.id} of ${letter.worker} was sent again (replay ${letter.replays}).`,
      data: { deadLetter: letter },
    };
  },
});

const discard = verb({
  name: 'discard',
  summary: 'leaves the message as it is, for good, and says why',
  words: ['id'],
  options: { reason: { kind: 'text', value: 'text', help: 'why; needed, for the audit' } },
  examples: [
    {
      command: "dlq discard 019a3f00-0000-7000-8000-000000000001 --reason 'of a test'",
      means: 'nobody will replay it',
    },
  ],
  async run({ options, place, words }) {
    if (options.reason === undefined) throw new UsageError('dlq discard needs --reason <text>');
    const { discardDeadLetter: letter } = await place
      .api()
      .request<{ discardDeadLetter: Letter }>(
        `mutation($id: ID!, $reason: String!) { discardDeadLetter(id: $id, reason: $reason) { ${fields} } }`,
        { id: words[0], reason: options.reason },
      );
    return { text: `${letter.id} of ${letter.worker} was discarded.`, data: { deadLetter: letter } };
  },
});

export const dlq: Noun = {
  name: 'dlq',
  summary: 'messages that their consumers gave up on',
  verbs: [ls, show, replay, discard],
};
