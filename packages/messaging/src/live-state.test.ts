import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { proving } from '../../../tests/support/proof.ts';
import { createLiveState, type LiveState, type LiveStateOptions, type StateFrame } from './live-state.ts';

/** Un estado que cambia solo: vale `before` hasta `until`, y `after` desde entonces. */
interface Flag {
  readonly before: number;
  readonly until: Date | null;
  readonly after: number;
}
const plain = (n: number): Flag => ({ before: n, until: null, after: n });
const valueAt = (flag: Flag | undefined, at: Date): number =>
  flag === undefined ? -1 : flag.until !== null && at >= flag.until ? flag.after : flag.before;

/** La tabla detrás del timbre. Lo que se lee es lo que hay al empezar a leer, y llega cuando se deja. */
function table() {
  const rows = new Map<string, { head: number; value: Flag }>();
  const figures = { reads: 0, keysRead: 0, down: false };
  let gate: Promise<void> = Promise.resolve();
  return {
    figures,
    write(key: string, value: Flag): void {
      rows.set(key, { head: (rows.get(key)?.head ?? 0) + 1, value });
    },
    hold(until: Promise<void>): void {
      gate = until;
    },
    source: {
      async read(keys: readonly string[]) {
        figures.reads += 1;
        figures.keysRead += keys.length;
        if (figures.down) throw new Error('the database is away');
        const found = keys.flatMap((key) => {
          const row = rows.get(key);
          return row === undefined ? [] : [[key, { head: `${row.head}`, value: row.value }] as const];
        });
        await gate;
        return new Map(found);
      },
      async heads(keys: readonly string[]) {
        if (figures.down) throw new Error('the database is away');
        return new Map(
          keys.flatMap((key) => (rows.has(key) ? [[key, `${rows.get(key)?.head}`] as const] : [])),
        );
      },
    },
  };
}

const log = { warn: () => undefined, info: () => undefined };
const open = new Set<{ close(): Promise<void> }>();

function statesOver(
  { source }: ReturnType<typeof table>,
  rest: Partial<LiveStateOptions<string, Flag>> = {},
): LiveState<string, Flag> {
  const states = createLiveState<string, Flag>({
    source,
    see: (flag, at) => ({
      mark: `${valueAt(flag, at)}`,
      until: flag?.until != null && at < flag.until ? flag.until : null,
    }),
    clock: () => new Date(),
    log,
    healEveryMs: 3_600_000,
    ...rest,
  });
  open.add(states);
  return states;
}

afterEach(async () => {
  for (const one of open) await one.close();
  open.clear();
});

/** Un suscriptor que apunta lo que le llega. */
async function listen(states: LiveState<string, Flag>, key: string, after: string | null = null) {
  const reading = await states.open(key);
  const leaving = new AbortController();
  const frames: StateFrame<Flag>[] = [];
  const ended = (async () => {
    for await (const frame of reading.frames(after, leaving.signal)) frames.push(frame);
  })();
  return {
    frames,
    marks: () => frames.map(({ mark }) => mark),
    async leave() {
      leaving.abort();
      await ended;
    },
  };
}

describe('un estado en vivo', () => {
  it('primero lo que hay, y después cada cambio que suena; lo que no cambia nada no se cuenta', async () => {
    const store = table();
    store.write('a', plain(1));
    const states = statesOver(store);
    const one = await listen(states, 'a');
    const nobody = await listen(states, 'b');
    await eventually(() => expect([one.marks(), nobody.marks()]).toEqual([['1'], ['-1']]));

    store.write('a', plain(1));
    states.tell('a');
    store.write('b', plain(7));
    states.tell('b');
    await eventually(() => expect(nobody.marks()).toEqual(['-1', '7']));
    store.write('a', plain(2));
    states.tell('a');

    await eventually(() => expect(one.marks()).toEqual(['1', '2']));
    await Promise.all([one.leave(), nobody.leave()]);
    expect(states.listeners).toBe(0);
  });

  it('quien vuelve con la marca de lo que tiene solo oye lo que la cambia', async () => {
    const store = table();
    store.write('a', plain(1));
    const states = statesOver(store);
    const same = await listen(states, 'a', '1');
    const behind = await listen(states, 'a', '0');

    await eventually(() => expect(behind.marks()).toEqual(['1']));
    store.write('a', plain(2));
    states.tell('a');
    await eventually(() => expect([same.marks(), behind.marks()]).toEqual([['2'], ['1', '2']]));
  });

  it('mil que llegan a la vez son una lectura, y quien llega después de un cambio lo ve', async () => {
    const store = table();
    store.write('a', plain(1));
    const states = statesOver(store);
    const all = await Promise.all(Array.from({ length: 1_000 }, () => listen(states, 'a')));
    expect(store.figures).toMatchObject({ reads: 1, keysRead: 1 });

    // Sin que suene: abrir lee de nuevo.
    store.write('a', plain(2));
    const late = await listen(states, 'a');

    await eventually(() => expect(late.marks()).toEqual(['2']));
    await eventually(() => expect(all.every((one) => one.marks().at(-1) === '2')).toBe(true));
  });

  it('una lectura que ya había salido no vale para quien llega después de ella', async () => {
    const store = table();
    store.write('a', plain(1));
    const states = statesOver(store);
    const first = await listen(states, 'a');
    let release: () => void = () => undefined;
    store.hold(new Promise((resolve) => (release = resolve)));
    states.tell('a');
    await eventually(() => expect(store.figures.reads).toBe(2));
    store.write('a', plain(2));
    const late = listen(states, 'a');
    release();

    await eventually(async () => expect((await late).marks()).toEqual(['2']));
    await eventually(() => expect(first.marks()).toEqual(['1', '2']));
  });

  it('cambia solo en su instante, sin preguntar a nadie y una vez', async () => {
    const store = table();
    const until = new Date(Date.now() + 400);
    store.write('a', { before: 1, until, after: 2 });
    const states = statesOver(store);
    const one = await listen(states, 'a');
    store.figures.down = true;

    await eventually(() => expect(one.marks()).toEqual(['1', '2']));
    expect(Date.now()).toBeGreaterThanOrEqual(+until);
    expect(one.frames[1]?.at.getTime()).toBeGreaterThanOrEqual(+until);
    expect(store.figures.reads).toBe(1);
  });

  it('quien tarda en leer se lleva lo último, y no lo de en medio', async () => {
    const store = table();
    store.write('a', plain(1));
    const states = statesOver(store);
    const reading = await states.open('a');
    const frames = reading.frames(null, new AbortController().signal);
    expect((await frames.next()).value).toMatchObject({ mark: '1' });
    for (const n of [2, 3, 4]) {
      store.write('a', plain(n));
      states.tell('a');
      const reads = n;
      await eventually(() => expect(store.figures.reads).toBe(reads));
    }

    expect((await frames.next()).value).toMatchObject({ mark: '4' });
    await frames.return(undefined);
    expect(states.listeners).toBe(0);
  });

  it('lo que no sonó lo encuentra la red, y lo cuenta', async () => {
    const store = table();
    store.write('a', plain(1));
    const healed: number[] = [];
    const states = statesOver(store, { healEveryMs: 20, onHealed: (n) => healed.push(n) });
    const one = await listen(states, 'a');
    store.write('a', plain(2));

    await eventually(() => expect(one.marks()).toEqual(['1', '2']));
    expect(healed).toEqual([1]);
  });

  it('con la base caída sigue lo que se sabía, y al volver llega lo que cambió; abrir entonces falla', async () => {
    const store = table();
    store.write('a', plain(1));
    const states = statesOver(store);
    const one = await listen(states, 'a');
    store.figures.down = true;
    store.write('a', plain(2));
    states.tell('a');
    await expect(states.open('b')).rejects.toThrow('away');
    expect(one.marks()).toEqual(['1']);
    store.figures.down = false;

    await eventually(() => expect(one.marks()).toEqual(['1', '2']));
  });

  it('lo que es de muchos suena a los que cumplen', async () => {
    const store = table();
    for (const key of ['a', 'b', 'c']) store.write(key, plain(key === 'c' ? 9 : 1));
    const states = statesOver(store);
    const all = await Promise.all(['a', 'b', 'c'].map((key) => listen(states, key)));
    for (const key of ['a', 'b', 'c']) store.write(key, plain(3));
    states.tellWhere((flag) => flag?.before === 1);

    await eventually(() => expect(all.map((one) => one.marks())).toEqual([['1', '3'], ['1', '3'], ['9']]));
  });

  it('se crucen como se crucen cambios, timbres perdidos, lecturas lentas y quien va y viene: nadie retrocede ni se queda atrás', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('write' as const), rings: fc.boolean() }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('listen' as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('heal' as const) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('slow' as const), ms: fc.nat(3) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(2) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const store = table();
        const states = statesOver(store);
        const listeners: Promise<Awaited<ReturnType<typeof listen>>>[] = [];
        const seenAtOpening: number[] = [];
        let n = 0;
        for (const one of steps) {
          if (one.kind === 'write') {
            n += 1;
            store.write('a', plain(n));
            if (one.rings) states.tell('a');
          } else if (one.kind === 'listen') {
            seenAtOpening.push(n);
            listeners.push(listen(states, 'a'));
          } else if (one.kind === 'leave') {
            await (await listeners.pop())?.leave();
            seenAtOpening.length = listeners.length;
          } else if (one.kind === 'heal') void states.heal();
          else if (one.kind === 'slow') {
            store.hold(new Promise((resolve) => setTimeout(resolve, one.ms)));
          } else await new Promise((resolve) => setTimeout(resolve, one.ms));
        }
        const all = await Promise.all(listeners);
        await states.heal();
        const last = n === 0 ? -1 : n;
        await eventually(() => expect(all.every((one) => one.marks().at(-1) === `${last}`)).toBe(true));
        for (const [index, one] of all.entries()) {
          const marks = one.marks().map(Number);
          expect(marks).toEqual([...new Set(marks)].toSorted((a, b) => a - b));
          expect(marks[0]).toBeGreaterThanOrEqual(seenAtOpening[index] || -1);
        }
        await Promise.all(all.map((one) => one.leave()));
        expect(states.listeners).toBe(0);
        await states.close();
        open.delete(states);
      }),
      { numRuns: proving ? 2_000 : 100 },
    );
  });
});
