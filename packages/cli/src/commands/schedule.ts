import { type Answer, askRun, readSchedule } from '@farutech/schedule/ask-run';
import type { ScheduleRow } from '@farutech/schedule/rows';
import { type Noun, verb } from '../command.ts';
import { Refusal } from '../failure.ts';
import type { Place } from '../place.ts';
import { counted, pairs, table } from '../table.ts';

/** Quienes tienen trabajo por reloj, cada uno en su base. */
const owners = ['catalog', 'tenancy', 'subscription', 'workers'] as const;
type Owner = (typeof owners)[number];

interface Task extends ScheduleRow {
  readonly owner: Owner;
}

const takeUpSeconds = 15;
const defaultLimitSeconds = 120;

const read = async (place: Place): Promise<readonly Task[]> => {
  const found = await Promise.all(
    owners.map(async (owner) =>
      (await readSchedule(place.databaseUrl(owner))).map((row) => ({ owner, ...row })),
    ),
  );
  return found.flat();
};

const instant = (at: Date | null): string =>
  at === null ? '·' : at.toISOString().slice(0, 19).replace('T', ' ');

function outcomeOf({ lastOutcome, lastResult, lastError, failures, runningSince }: ScheduleRow): string {
  if (runningSince !== null) return `running since ${instant(runningSince)}`;
  if (lastOutcome === null) return 'never ran';
  return lastOutcome === 'DONE' ? `done: ${lastResult}` : `failed ${counted(failures, 'time')}: ${lastError}`;
}

const ls = verb({
  name: 'ls',
  summary: 'lists what is done by the clock: whose it is, when it is due, how it went last time',
  words: [],
  options: {},
  examples: [
    { command: 'schedule ls', means: 'every task of every owner' },
    { command: 'schedule ls --json', means: 'the same, for a program' },
  ],
  async run({ place }) {
    const tasks = await read(place);
    const rows = tasks.map((task) => [
      task.owner,
      task.name,
      task.cron,
      instant(task.nextDue),
      instant(task.lastFinished),
      `${task.runs}`,
      outcomeOf(task),
    ]);
    return {
      text: [
        table(['owner', 'name', 'cron', 'next (utc)', 'last (utc)', 'runs', 'outcome'], rows),
        counted(tasks.length, 'task'),
      ].join('\n'),
      data: { tasks },
    };
  },
});

/** `prune` es de cuatro: hay que decir de quién. */
async function ownerOf(place: Place, name: string, given: string | undefined): Promise<Owner> {
  const having = (await read(place)).filter((task) => task.name === name).map(({ owner }) => owner);
  if (having.length === 0) {
    throw new Refusal('NOT_FOUND', `No task is called ${name}. ./farutech schedule ls shows them.`);
  }
  const chosen = given === undefined ? having : having.filter((owner) => owner === given);
  const [owner, ...others] = chosen;
  if (owner === undefined)
    throw new Refusal('NOT_FOUND', `${given} has no task ${name}; ${having.join(', ')} has.`);
  if (others.length === 0) return owner;
  throw new Refusal('AMBIGUOUS', `${having.join(', ')} have a task ${name}: say whose with --owner.`);
}

function ran(answer: Answer, owner: Owner, name: string, limitSeconds: number): ScheduleRow {
  switch (answer.kind) {
    case 'ran':
      return answer.row;
    case 'unknown':
      throw new Refusal('NOT_FOUND', `${owner} has no task ${name}.`);
    case 'nobody':
      throw new Refusal(
        'NOBODY',
        `No process of ${owner} took it up within ${takeUpSeconds} s; the request was withdrawn. ./farutech stack show`,
      );
    case 'running':
      throw new Refusal(
        'STILL_RUNNING',
        `It began at ${instant(answer.since)} and has not ended in ${limitSeconds} s. ./farutech schedule ls`,
      );
  }
}

const run = verb({
  name: 'run',
  summary: 'runs one task now, in the process of its owner, and shows what it did',
  words: ['name'],
  options: {
    owner: {
      kind: 'text',
      value: 'owner',
      help: 'whose, where several have one of that name',
      oneOf: owners,
    },
    limit: {
      kind: 'count',
      value: 'seconds',
      help: `how long to wait for its end; ${defaultLimitSeconds} by default`,
    },
  },
  examples: [
    { command: 'schedule run sweep', means: 'look for operations without progress right now' },
    { command: 'schedule run prune --owner workers', means: 'one owner’s, since each has one' },
  ],
  async run({ options, place, words }) {
    const [name = ''] = words;
    const owner = await ownerOf(place, name, options.owner);
    const limitSeconds = options.limit ?? defaultLimitSeconds;
    const limits = { takeUpMs: takeUpSeconds * 1_000, finishMs: limitSeconds * 1_000 };
    const answer = await askRun(place.databaseUrl(owner), name, limits);
    const row = ran(answer, owner, name, limitSeconds);
    if (row.lastOutcome === 'FAILED')
      throw new Refusal('TASK_FAILED', `${name} of ${owner} failed: ${row.lastError}`);
    const took = (row.lastFinished?.getTime() ?? 0) - (row.lastStarted?.getTime() ?? 0);
    return {
      text: pairs([
        ['task', `${owner} ${name}`],
        ['took', `${took} ms`],
        ['did', row.lastResult ?? ''],
        ['next (utc)', instant(row.nextDue)],
      ]),
      data: { task: { owner, ...row } },
    };
  },
});

export const schedule: Noun = { name: 'schedule', summary: 'what is done by the clock', verbs: [ls, run] };
