import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { Reader, statusOf } from '../testing/reader.ts';
import { openWorld, type World } from '../testing/world.ts';

const query = `subscription Status($id: ID!, $after: String) {
  provisioningStatus(instanceId: $id, after: $after) { cursor version instance { id planName } }
}`;

const upTo = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

let world: World;
const readers: Reader[] = [];

const watch = (after: string | null = null, scope = 'admin', id = 'norte'): Reader => {
  const reader = new Reader(world.gateway.subscribe({ query, variables: { id, after }, scope }));
  readers.push(reader);
  return reader;
};

beforeEach(() => {
  world = openWorld({ lingerMs: 50 });
  world.feed.append('norte', 3);
});

afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.leave()));
  expect(world.gateway.figures.members).toBe(0);
  await eventually(() => expect(world.feed.live).toBe(0));
  expect(world.gateway.figures.groups).toBe(0);
  expect(world.gateway.figures.upstreams).toBe(0);
  await world.close();
});

describe('el primer marco es el presente y después llega cada cambio', () => {
  it('da la foto unida con los demás subgrafos', async () => {
    const reader = watch();
    await eventually(() => expect(reader.versions).toEqual([3]));

    world.feed.append('norte', 2);

    await eventually(() => expect(reader.versions).toEqual([3, 4, 5]));
    const [first] = reader.results;
    expect(first?.errors).toBeUndefined();
    expect(JSON.parse(JSON.stringify(first?.data))).toEqual({
      provisioningStatus: {
        cursor: world.feed.cursor(3),
        version: 3,
        instance: { id: 'norte', planName: 'plan-norte' },
      },
    });
  });

  it('quien llega tarde a un grupo en marcha lee un presente pedido después de llegar, y se suma al anillo', async () => {
    const early = watch();
    await eventually(() => expect(early.versions).toEqual([3]));
    world.feed.append('norte');
    const late = watch();

    await eventually(() => expect(late.versions).toEqual([4]));
    world.feed.append('norte');

    await eventually(() => expect(late.versions).toEqual([4, 5]));
    await eventually(() => expect(early.versions).toEqual([3, 4, 5]));
    expect(world.feed.live).toBe(1);
  });

  it('mil que llegan juntos a un grupo en marcha piden a lo sumo dos fotos', async () => {
    const early = watch();
    await eventually(() => expect(early.versions).toEqual([3]));

    const late = Array.from({ length: 1_000 }, () => watch());

    await eventually(() => expect(late.every(({ versions }) => versions[0] === 3)).toBe(true));
    expect(world.gateway.figures.snapshots).toBeLessThanOrEqual(2);
  });
});

describe('los iguales comparten', () => {
  it('cien suscriptores iguales son una subida, y las uniones se hacen una vez por cambio', async () => {
    const all = Array.from({ length: 100 }, () => watch());
    await eventually(() => expect(all.every(({ versions }) => versions.length === 1)).toBe(true));

    world.feed.append('norte', 5);

    await eventually(() => expect(all.every(({ versions }) => versions.length === 6)).toBe(true));
    for (const { versions } of all) expect(versions).toEqual(upTo(3, 8));
    expect(world.feed.opened).toBe(1);
    expect(world.joins()).toBe(6);
    expect(world.gateway.figures.ringFrames).toBe(600);
  });

  it('el nombre de la operación, el after y los fragmentos no separan a quienes piden lo mismo', async () => {
    const first = watch();
    await eventually(() => expect(first.versions).toEqual([3]));
    const literal = new Reader(
      world.gateway.subscribe({
        query: `subscription Otra($id: ID!) { ...F }
          fragment F on Subscription { provisioningStatus(after: "${world.feed.cursor(3)}", instanceId: $id) { cursor version instance { id planName } } }`,
        variables: { id: 'norte' },
        scope: 'admin',
      }),
    );
    readers.push(literal);
    world.feed.append('norte');

    await eventually(() => expect(literal.versions).toEqual([4]));
  });

  it('alcances distintos no comparten nada', async () => {
    const admin = watch(null, 'admin');
    const viewer = watch(null, 'viewer');

    await eventually(() => expect([admin.versions, viewer.versions]).toEqual([[3], [3]]));
    expect(world.feed.live).toBe(2);
    expect(world.gateway.figures.groups).toBe(2);
  });

  it('otra instancia es otro grupo', async () => {
    world.feed.append('sur');
    const north = watch();
    const south = watch(null, 'admin', 'sur');

    await eventually(() => expect([north.versions, south.versions]).toEqual([[3], [1]]));
    expect(world.gateway.figures.groups).toBe(2);
  });
});

describe('reanudar desde un cursor', () => {
  it('el cursor que está en el anillo sigue por el anillo, sin preguntar a nadie', async () => {
    const first = watch();
    await eventually(() => expect(first.versions).toEqual([3]));
    world.feed.append('norte', 4);
    await eventually(() => expect(first.versions).toEqual(upTo(3, 7)));
    const opened = world.feed.opened;

    const resumed = watch(world.feed.cursor(5));

    await eventually(() => expect(resumed.versions).toEqual([6, 7]));
    expect(world.feed.opened).toBe(opened);
  });

  it('el que va solo se reanuda con una única subida', async () => {
    world.feed.append('norte', 5);
    const resumed = watch(world.feed.cursor(4));

    await eventually(() => expect(resumed.versions).toEqual(upTo(5, 8)));
    world.feed.append('norte');

    await eventually(() => expect(resumed.versions).toEqual(upTo(5, 9)));
    expect(world.feed.opened).toBe(1);
  });

  it('el cursor que ya salió del anillo se pone al día aparte y luego se suma', async () => {
    const first = watch();
    await eventually(() => expect(first.versions).toEqual([3]));
    world.feed.append('norte', 200);
    await eventually(() => expect(first.versions).toEqual(upTo(3, 203)));

    const behind = watch(world.feed.cursor(1));

    await eventually(() => expect(behind.versions).toEqual(upTo(2, 203)));
    await eventually(() => expect(world.feed.live).toBe(1));
    expect(world.gateway.figures.joined).toBe(1);
    world.feed.append('norte');
    await eventually(() => expect(behind.versions.at(-1)).toBe(204));
    expect(world.feed.live).toBe(1);
  });

  it('un cursor caducado llega al cliente como error con sus extensiones, y a nadie más', async () => {
    world.feed.append('norte', 50);
    world.feed.forget('norte', 10);
    const healthy = watch();

    const expired = watch(world.feed.cursor(2));

    await eventually(() => expect(expired.over).toBe(true));
    expect(expired.results).toHaveLength(1);
    expect(expired.results[0]?.errors?.[0]?.extensions).toMatchObject({
      code: 'CURSOR_EXPIRED',
      field: 'after',
    });
    await eventually(() => expect(healthy.versions).toEqual([53]));
    expect(healthy.over).toBe(false);
  });

  it('también si el caducado llega primero, y otro después sin cursor', async () => {
    world.feed.append('norte', 50);
    world.feed.forget('norte', 10);

    const expired = watch(world.feed.cursor(2));
    const healthy = watch();

    await eventually(() => expect(expired.code).toBe('CURSOR_EXPIRED'));
    await eventually(() => expect(healthy.versions).toEqual([53]));
  });

  it('lo que no existe se niega a todos, y quien vuelve cuando existe lo ve', async () => {
    const absent = watch(null, 'admin', 'oeste');
    await eventually(() => expect(absent.code).toBe('NOT_FOUND'));
    expect(absent.over).toBe(true);

    world.feed.append('oeste');
    const again = watch(null, 'admin', 'oeste');

    await eventually(() => expect(again.versions).toEqual([1]));
  });
});

describe('un subgrafo que cae y vuelve', () => {
  it('no se pierde ni se repite nada', async () => {
    const all = [watch(), watch(), watch(null, 'viewer')];
    await eventually(() => expect(all.every(({ versions }) => versions.length === 1)).toBe(true));

    for (let round = 0; round < 5; round++) {
      world.feed.append('norte', 2);
      world.tenancy.kill();
      world.feed.append('norte', 3);
      world.tenancy.revive();
    }

    await eventually(() => {
      for (const { versions } of all) expect(versions).toEqual(upTo(3, 28));
    });
    expect(world.gateway.figures.upstreamsResumed).toBeGreaterThan(0);
  });

  it('quien se suscribe antes de que el subgrafo esté, espera y recibe', async () => {
    world.tenancy.kill();
    const early = watch();
    await eventually(() => expect(world.tenancy.subscribed.length).toBeGreaterThan(2));

    world.tenancy.revive();

    await eventually(() => expect(early.versions).toEqual([3]));
  });

  it('si lo que falta es otro subgrafo, el marco llega con su hueco y su error', async () => {
    world.subscription.kill();
    const reader = watch();

    await eventually(() => expect(reader.results).toHaveLength(1));
    const [first] = reader.results;
    expect(first?.errors?.[0]?.extensions.code).toBe('UNAVAILABLE');
    expect(first && statusOf(first).version).toBe(3);
    expect(first && statusOf(first).instance?.planName).toBeNull();
  });
});

describe('un lector lento', () => {
  it('no pierde nada aunque el anillo dé muchas vueltas, y mientras no lee no ocupa nada', async () => {
    const fast = watch();
    const slow = world.gateway.subscribe({ query, variables: { id: 'norte' }, scope: 'admin' });
    expect(statusOf((await slow.next()).value).version).toBe(3);

    for (let n = 0; n < 20; n++) {
      world.feed.append('norte', 50);
      await eventually(() => expect(fast.versions.at(-1)).toBe(3 + 50 * (n + 1)));
    }
    expect(world.feed.live).toBe(1);

    const reader = new Reader(slow);
    readers.push(reader);
    await eventually(() => expect(reader.versions).toEqual(upTo(4, 1_003)));
    await eventually(() => expect(world.feed.live).toBe(1));
  });

  it('ni aunque se pare a media puesta al día: su subida privada guarda poco y se vuelve a abrir', async () => {
    const fast = watch();
    world.feed.append('norte', 1_000);
    await eventually(() => expect(fast.versions.at(-1)).toBe(1_003));
    const slow = world.gateway.subscribe({
      query,
      variables: { id: 'norte', after: world.feed.cursor(1) },
      scope: 'admin',
    });
    expect(statusOf((await slow.next()).value).version).toBe(2);

    await eventually(() => expect(world.feed.live).toBe(1));

    const reader = new Reader(slow);
    readers.push(reader);
    await eventually(() => expect(reader.versions).toEqual(upTo(3, 1_003)));
  });
});

describe('irse', () => {
  it('return() atiende a quien esperaba y no deja a nadie', async () => {
    const iterator = world.gateway.subscribe({ query, variables: { id: 'norte' }, scope: 'admin' });
    await iterator.next();
    const waiting = iterator.next();

    await iterator.return?.();

    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(world.gateway.figures.members).toBe(0);
  });

  it('quien vuelve antes de que el grupo se apague lo encuentra con su anillo', async () => {
    await world.close();
    world = openWorld({ lingerMs: 60_000 });
    world.feed.append('norte', 3);
    const first = watch();
    await eventually(() => expect(first.versions).toEqual([3]));
    await first.leave();
    world.feed.append('norte', 2);
    await eventually(() => expect(world.joins()).toBe(3));

    const back = watch(world.feed.cursor(3));

    await eventually(() => expect(back.versions).toEqual([4, 5]));
    expect(world.feed.opened).toBe(1);
    await back.leave();
    await world.close();
  });

  it('cerrar el gateway acaba a todos', async () => {
    const reader = watch();
    await eventually(() => expect(reader.versions).toEqual([3]));

    await world.close();

    await eventually(() => expect(reader.over).toBe(true));
  });
});
