import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { createLiveFeed, type LiveFeed, type LiveFeedOptions, type LiveStart } from './live-feed.ts';

interface Entry {
  readonly version: number;
  readonly text: string;
}
type Row = Entry;

/** La tabla detrás del timbre. */
function store() {
  const rows = new Map<string, Row[]>();
  const figures = { reads: 0, heads: 0, down: false };
  const of = (key: string): Row[] => rows.get(key) ?? [];
  const check = (): void => {
    if (figures.down) throw new Error('the database is away');
  };
  return {
    figures,
    write(key: string): Entry {
      const entry = { version: (of(key).at(-1)?.version ?? 0) + 1, text: `${key}${of(key).length + 1}` };
      rows.set(key, [...of(key), entry]);
      return entry;
    },
    prune: (key: string, upTo: number) =>
      rows.set(
        key,
        of(key).filter(({ version }) => version > upTo),
      ),
    source: {
      async kept(key: string) {
        check();
        const [first] = of(key);
        return first === undefined ? null : { oldest: first.version, newest: of(key).at(-1)?.version ?? 0 };
      },
      async read(key: string, after: number, limit: number) {
        check();
        figures.reads += 1;
        return of(key)
          .filter(({ version }) => version > after)
          .slice(0, limit);
      },
      async heads(keys: readonly string[]) {
        check();
        figures.heads += 1;
        return new Map(keys.map((key) => [key, of(key).at(-1)?.version ?? 0]));
      },
    },
  };
}

const log = { warn: () => undefined, info: () => undefined };
const open = new Set<{ close(): Promise<void> }>();

function feedOver(
  table: ReturnType<typeof store>,
  rest: Partial<LiveFeedOptions<string, Entry>> = {},
): LiveFeed<string, Entry> {
  const feed = createLiveFeed<string, Entry>({ source: table.source, log, healEveryMs: 3_600_000, ...rest });
  open.add(feed);
  return feed;
}

/** Un suscriptor que apunta todo lo que le llega. */
async function listen(feed: LiveFeed<string, Entry>, key: string, start: LiveStart) {
  const reading = await feed.open(key, start);
  if (reading === null) throw new Error(`no hay ${key}`);
  const leaving = new AbortController();
  const seen: number[] = [];
  const failures: unknown[] = [];
  const done = (async () => {
    try {
      for await (const { version } of reading.entries(leaving.signal)) seen.push(version);
    } catch (error) {
      failures.push(error);
    }
  })();
  return {
    seen,
    failures,
    done,
    async leave() {
      leaving.abort();
      await done;
    },
  };
}

afterEach(async () => {
  for (const feed of open) await feed.close();
  open.clear();
});

describe('la entrega en vivo', () => {
  it('primero el presente, después cada cambio, en orden', async () => {
    const table = store();
    table.write('norte');
    table.write('norte');
    const feed = feedOver(table);

    const reader = await listen(feed, 'norte', 'present');
    for (let n = 0; n < 3; n += 1) feed.tell('norte', table.write('norte'));

    await eventually(() => expect(reader.seen).toEqual([2, 3, 4, 5]));
    await reader.leave();
    expect(feed.listeners).toBe(0);
  });

  it('con el cursor, solo lo que vino después; con «next», solo lo que venga', async () => {
    const table = store();
    for (let n = 0; n < 5; n += 1) table.write('norte');
    const feed = feedOver(table);

    const resumed = await listen(feed, 'norte', { after: 2 });
    const fresh = await listen(feed, 'norte', 'next');
    feed.tell('norte', table.write('norte'));

    await eventually(() => expect(resumed.seen).toEqual([3, 4, 5, 6]));
    await eventually(() => expect(fresh.seen).toEqual([6]));
    await Promise.all([resumed.leave(), fresh.leave()]);
  });

  it('un cursor que ya no se guarda, o del futuro, se rechaza antes de empezar', async () => {
    const table = store();
    for (let n = 0; n < 5; n += 1) table.write('norte');
    table.prune('norte', 3);
    const feed = feedOver(table);

    for (const after of [0, 2, 6]) {
      await expect(feed.open('norte', { after })).rejects.toMatchObject({
        code: 'CURSOR_EXPIRED',
        field: 'after',
      });
    }
    expect(await feed.open('sur', 'present')).toBeNull();
    expect(feed.listeners).toBe(0);
  });

  it('el timbre repetido o desordenado no dobla ni desordena nada', async () => {
    const table = store();
    table.write('norte');
    const feed = feedOver(table);
    const reader = await listen(feed, 'norte', 'present');
    const [second, third, fourth] = [table.write('norte'), table.write('norte'), table.write('norte')];

    for (const entry of [fourth, second, fourth, third, second]) feed.tell('norte', entry);

    await eventually(() => expect(reader.seen).toEqual([1, 2, 3, 4]));
    await reader.leave();
  });

  it('lo que el timbre perdió lo cura la red, y lo cuenta', async () => {
    const table = store();
    table.write('norte');
    let healed = 0;
    const onHealed = (entries: number): void => {
      healed += entries;
    };
    const feed = feedOver(table, { healEveryMs: 20, onHealed });
    const reader = await listen(feed, 'norte', 'present');
    await eventually(() => expect(reader.seen).toEqual([1]));
    expect(healed).toBe(0);

    table.write('norte');
    table.write('norte');

    await eventually(() => expect(reader.seen).toEqual([1, 2, 3]));
    expect(healed).toBe(2);
    await reader.leave();
  });

  it('el timbre sin contenido lee una vez para todos los que escuchan', async () => {
    const table = store();
    table.write('todo');
    const feed = feedOver(table);
    const readers = await Promise.all(Array.from({ length: 100 }, () => listen(feed, 'todo', 'next')));
    await eventually(() => expect(feed.listeners).toBe(100));

    table.write('todo');
    for (let n = 0; n < 50; n += 1) feed.ring('todo');

    await eventually(() => expect(readers.every(({ seen }) => seen.length === 1)).toBe(true));
    expect(table.figures.reads).toBeLessThanOrEqual(2);
    await Promise.all(readers.map((reader) => reader.leave()));
  });

  it('quien se queda parado no retiene nada y lo lee todo al volver', async () => {
    const table = store();
    table.write('norte');
    const feed = feedOver(table, { ringSize: 8 });
    const reading = await feed.open('norte', 'present');
    const leaving = new AbortController();
    const entries = reading?.entries(leaving.signal);
    expect((await entries?.next())?.value.version).toBe(1);

    for (let n = 0; n < 500; n += 1) feed.tell('norte', table.write('norte'));

    const seen: number[] = [];
    while (seen.length < 500) seen.push((await entries?.next())?.value.version);
    expect(seen).toEqual(Array.from({ length: 500 }, (_, index) => index + 2));
    leaving.abort();
    await entries?.return(undefined);
    expect(feed.listeners).toBe(0);
  });

  it('si lo que le faltaba se borró mientras estaba parado, se le dice', async () => {
    const table = store();
    table.write('norte');
    const feed = feedOver(table, { ringSize: 4 });
    const reading = await feed.open('norte', 'present');
    const entries = reading?.entries(new AbortController().signal);
    await entries?.next();
    for (let n = 0; n < 20; n += 1) feed.tell('norte', table.write('norte'));
    table.prune('norte', 10);

    await expect(entries?.next()).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
    expect(feed.listeners).toBe(0);
  });

  it('quien se va antes de empezar, o mientras espera, no deja rastro', async () => {
    const table = store();
    table.write('norte');
    const feed = feedOver(table);

    (await feed.open('norte', 'present'))?.leave();
    const never = new AbortController();
    (await feed.open('norte', 'present'))?.entries(never.signal);
    never.abort();
    const waiting = await listen(feed, 'norte', 'next');
    await waiting.leave();

    expect(feed.listeners).toBe(0);
  });

  it('con la base caída espera, y al volver no falta nada', async () => {
    const table = store();
    table.write('todo');
    const feed = feedOver(table, { healEveryMs: 20 });
    const reader = await listen(feed, 'todo', 'next');
    table.figures.down = true;
    feed.ring('todo');
    table.write('todo');
    await expect(feed.open('todo', 'next')).rejects.toThrow('the database is away');

    table.figures.down = false;

    await eventually(() => expect(reader.seen).toEqual([2]));
    await reader.leave();
    expect(feed.listeners).toBe(0);
  });

  it('abrir, escribir y cortar en carrera: ni perdidos ni doblados', async () => {
    const table = store();
    table.write('norte');
    const feed = feedOver(table, { ringSize: 4 });
    for (let round = 0; round < 100; round += 1) {
      const opening = listen(feed, 'norte', 'present');
      feed.tell('norte', table.write('norte'));
      const reader = await opening;
      feed.tell('norte', table.write('norte'));
      const last = table.write('norte');
      feed.tell('norte', last);
      await eventually(() => expect(reader.seen.at(-1)).toBe(last.version), { everyMs: 1 });
      await reader.leave();
      const first = reader.seen[0] ?? 0;
      expect(reader.seen).toEqual(reader.seen.map((_, index) => first + index));
    }
    expect(feed.listeners).toBe(0);
  });
});
