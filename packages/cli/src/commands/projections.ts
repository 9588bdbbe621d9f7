import { setTimeout as wait } from 'node:timers/promises';
import { type Clock, systemClock } from '@farutech/kernel/clock';
import type { NewId } from '@farutech/kernel/ids';
import { type ConsumerPending, pendingOf, unsentOf } from '@farutech/messaging/pending';
import { v7 as newId } from 'uuid';
import { type Noun, verb } from '../command.ts';
import { Refusal } from '../failure.ts';
import type { Place } from '../place.ts';
import { counted, table } from '../table.ts';

interface RetellOptions {
  readonly databaseUrl: string;
  readonly newId: NewId;
  readonly clock: Clock;
}
type Retell = (options: RetellOptions) => Promise<{ facts: number }>;

/**
 * Cada dueño cuenta lo suyo; el orden da igual, porque quien proyecta guarda por revisión. Se importan al
 * contar: cargar los clientes de Prisma cuesta medio segundo que la ayuda no debe pagar.
 */
const owners = {
  catalog: async () => (await import('@farutech/catalog/retell')).retell,
  tenancy: async () => (await import('@farutech/tenancy/retell')).retell,
  subscription: async () => (await import('@farutech/subscription/retell')).retell,
} as const satisfies Record<string, () => Promise<Retell>>;
type Owner = keyof typeof owners;
const ownerNames = Object.keys(owners) as readonly Owner[];

/**
 * The durable consumers that keep what others own. Right after the store was wiped they take a moment to come
 * back, and one that is absent owes nothing: without this list the wait would end before it began.
 */
export const projectors = [
  'subscription-catalog',
  'subscription-status',
  'subscription-tenancy',
  'tenancy-catalog',
  'tenancy-status',
  'tenancy-subscription',
] as const;

const everyMs = 200;
const defaultLimitSeconds = 120;

interface Figures {
  readonly unsent: number;
  readonly consumers: readonly ConsumerPending[];
  readonly absent: readonly string[];
}

async function look(place: Place): Promise<Figures> {
  const unsentNow = async (): Promise<number> => {
    const counts = await Promise.all(ownerNames.map((owner) => unsentOf(place.databaseUrl(owner))));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const before = await unsentNow();
  const consumers = await pendingOf(place.natsUrl());
  const known = new Set(consumers.map(({ durable }) => durable));
  return {
    // Un hecho atendido puede dejar otros en el buzón: solo vale si está vacío antes y después de mirar.
    unsent: before + (await unsentNow()),
    consumers,
    absent: projectors.filter((durable) => !known.has(durable)),
  };
}

const quiet = ({ unsent, consumers, absent }: Figures): boolean =>
  unsent === 0 && absent.length === 0 && consumers.every(({ waiting, atWork }) => waiting + atWork === 0);

/** Lo que aún falta, en palabras. */
function missing({ unsent, consumers, absent }: Figures): string {
  const busy = consumers.filter(({ waiting, atWork }) => waiting + atWork > 0);
  return [
    ...(unsent > 0 ? ['facts are unsent in an outbox'] : []),
    ...absent.map((durable) => `${durable} does not listen`),
    ...busy.map(({ durable, waiting, atWork }) => `${durable} has ${waiting} waiting and ${atWork} at work`),
  ].join('; ');
}

async function untilQuiet(place: Place, limitSeconds: number): Promise<Figures> {
  const deadline = performance.now() + limitSeconds * 1_000;
  for (;;) {
    const figures = await look(place);
    if (quiet(figures)) return figures;
    if (performance.now() > deadline) {
      throw new Refusal(
        'STILL_PENDING',
        `Retold, but after ${limitSeconds} s ${missing(figures)}. Do the subgraphs run? ./farutech stack show`,
      );
    }
    await wait(everyMs);
  }
}

const rebuild = verb({
  name: 'rebuild',
  summary: 'makes every owner tell its present again, and waits until everyone has heard it',
  words: [],
  options: {
    limit: {
      kind: 'count',
      value: 'seconds',
      help: `how long to wait for the listeners; ${defaultLimitSeconds} by default`,
    },
  },
  examples: [
    { command: 'projections rebuild', means: 'after the store of NATS was lost; harmless at any other time' },
  ],
  async run({ options, place, note }) {
    const began = performance.now();
    const told: { owner: Owner; facts: number }[] = [];
    for (const owner of ownerNames) {
      const retell: Retell = await owners[owner]();
      const { facts } = await retell({
        databaseUrl: place.databaseUrl(owner),
        newId,
        clock: systemClock,
      });
      told.push({ owner, facts });
      note(`${owner} told ${counted(facts, 'fact')}`);
    }
    const { consumers } = await untilQuiet(place, options.limit ?? defaultLimitSeconds);
    const seconds = (performance.now() - began) / 1_000;
    const facts = told.reduce((sum, one) => sum + one.facts, 0);
    return {
      text: [
        table(
          ['owner', 'facts told'],
          told.map((one) => [one.owner, `${one.facts}`]),
        ),
        '',
        table(
          ['listener', 'waiting', 'at work'],
          consumers.map(({ durable, waiting, atWork }) => [durable, `${waiting}`, `${atWork}`]),
        ),
        '',
        `${counted(facts, 'fact')} told and heard in ${seconds.toFixed(1)} s`,
      ].join('\n'),
      data: { told, consumers, facts, seconds: Number(seconds.toFixed(3)) },
    };
  },
});

export const projections: Noun = {
  name: 'projections',
  summary: 'what each subgraph keeps of what the others own',
  verbs: [rebuild],
};
