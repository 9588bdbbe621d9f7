import type { ExecutionResult } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { Reader } from '../testing/reader.ts';
import { openWorld, type World } from '../testing/world.ts';

let world: World;
const readers: Reader[] = [];

function run(query: string, variables: Record<string, unknown> = {}, operationName?: string): Reader {
  const reader = new Reader(
    world.gateway.subscribe({ query, variables, ...(operationName !== undefined && { operationName }) }),
  );
  readers.push(reader);
  return reader;
}

const plain = ({ results }: Reader): unknown => JSON.parse(JSON.stringify(results));
const data = (result: ExecutionResult | undefined): unknown =>
  JSON.parse(JSON.stringify(result?.data ?? null));

beforeEach(() => {
  world = openWorld({ lingerMs: 0 });
  world.feed.append('norte', 3);
});
afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.leave()));
  expect(world.gateway.figures.members).toBe(0);
  await eventually(() => expect(world.feed.live).toBe(0));
  await world.close();
});

describe('cualquier forma de pedirlo', () => {
  const cursor = Buffer.from('v1:1').toString('base64url');
  const expected = [{ data: { s: { version: 2 } } }, { data: { s: { version: 3 } } }];

  it.each([
    [
      'after literal',
      `subscription { s: provisioningStatus(instanceId: "norte", after: "${cursor}") { version } }`,
      {},
    ],
    [
      'after como texto largo',
      `subscription { s: provisioningStatus(instanceId: "norte", after: """${cursor}""") { version } }`,
      {},
    ],
    [
      'after en una variable',
      'subscription ($a: String) { s: provisioningStatus(instanceId: "norte", after: $a) { version } }',
      { a: cursor },
    ],
    [
      'after en una variable con valor por omisión',
      `subscription ($a: String = "${cursor}") { s: provisioningStatus(instanceId: "norte", after: $a) { version } }`,
      {},
    ],
    [
      'un fragmento en la raíz',
      `subscription { ...R } fragment R on Subscription { s: provisioningStatus(instanceId: "norte", after: "${cursor}") { ...P } } fragment P on ProvisioningStatus { version }`,
      {},
    ],
    [
      'un fragmento en línea y el campo repetido',
      `subscription ($a: String!) { ... on Subscription { s: provisioningStatus(instanceId: "norte", after: $a) { version } } s: provisioningStatus(instanceId: "norte", after: $a) { version } }`,
      { a: cursor },
    ],
    [
      '@include y @skip literales en la raíz',
      `subscription { s: provisioningStatus(instanceId: "norte", after: "${cursor}") @include(if: true) @skip(if: false) { version } }`,
      {},
    ],
    [
      'nombres iguales a los que añade el motor',
      `subscription ($__after: String) { s: provisioningStatus(instanceId: "norte", after: $__after) { version ... @skip(if: true) { __cursor: version } } }`,
      { __after: cursor },
    ],
  ])('%s', async (_what, query, variables) => {
    const reader = run(query, variables);
    await eventually(() => expect(reader.results).toHaveLength(2));
    expect(plain(reader)).toEqual(expected);
  });

  it('varias operaciones en un documento: corre la que se nombra', async () => {
    const query =
      'query Q { ping } subscription A { provisioningStatus(instanceId: "norte") { version } } subscription B { tick(instanceId: "norte") { count } }';
    const a = run(query, {}, 'A');
    const b = run(query, {}, 'B');
    await eventually(() =>
      expect([data(a.results[0]), data(b.results[0])]).toEqual([
        { provisioningStatus: { version: 3 } },
        { tick: { count: 3 } },
      ]),
    );
    expect(run(query, {}, 'C')).toBeDefined();
    await eventually(() => expect(readers.at(-1)?.code).toBe('OPERATION_RESOLUTION_FAILURE'));
  });

  it('la variable de after usada también en otro sitio conserva su valor allí, y separa a quienes difieren en él', async () => {
    const query = `subscription ($a: String) { provisioningStatus(instanceId: "norte", after: $a) { version instance { history(after: $a) } } }`;
    const one = run(query, { a: world.feed.cursor(2) });
    const two = run(query, { a: world.feed.cursor(1) });
    await eventually(() => expect([one.results.length, two.results.length]).toEqual([1, 2]));
    expect(data(one.results[0])).toEqual({
      provisioningStatus: { version: 3, instance: { history: [world.feed.cursor(2)] } },
    });
    expect(data(two.results[1])).toEqual({
      provisioningStatus: { version: 3, instance: { history: [world.feed.cursor(1)] } },
    });
    expect(world.gateway.figures.groups).toBe(2);
  });

  it('__typename, alias, y @include por variable dentro', async () => {
    const query = `subscription ($with: Boolean!) { s: provisioningStatus(instanceId: "norte") { __typename c: cursor i: instance { __typename p: planName @include(if: $with) } } }`;
    const on = run(query, { with: true });
    const off = run(query, { with: false });
    await eventually(() => expect([on.results.length, off.results.length]).toEqual([1, 1]));
    const s = { __typename: 'ProvisioningStatus', c: world.feed.cursor(3) };
    expect(data(on.results[0])).toEqual({
      s: { ...s, i: { __typename: 'TenantInstance', p: 'plan-norte' } },
    });
    expect(data(off.results[0])).toEqual({ s: { ...s, i: { __typename: 'TenantInstance' } } });
  });

  it('after: null es lo mismo que no darlo', async () => {
    const reader = run('subscription { provisioningStatus(instanceId: "norte", after: null) { version } }');
    await eventually(() => expect(data(reader.results[0])).toEqual({ provisioningStatus: { version: 3 } }));
  });
});

describe('lo que se niega, con su código y sin dejar a nadie', () => {
  it.each([
    [
      'una raíz que se salta',
      'subscription { provisioningStatus(instanceId: "norte") @skip(if: true) { version } }',
    ],
    ['solo __typename', 'subscription { __typename }'],
    [
      'dos raíces',
      'subscription { tick(instanceId: "norte") { count } provisioningStatus(instanceId: "norte") { version } }',
    ],
  ])('%s', async (_what, query) => {
    const reader = run(query);
    await eventually(() => expect(reader.over).toBe(true));
    expect(reader.results).toHaveLength(1);
    expect(reader.results[0]?.errors?.length).toBeGreaterThan(0);
    expect(reader.results[0]?.data).toBeUndefined();
  });

  it('una variable que falta', async () => {
    const reader = run('subscription ($id: ID!) { provisioningStatus(instanceId: $id) { version } }');
    await eventually(() => expect(reader.over).toBe(true));
    expect(reader.results[0]?.errors?.[0]?.message).toContain('$id');
  });
});

describe('una raíz sin cursor', () => {
  const query = 'subscription { tick(instanceId: "norte") { count instance { planName } } }';

  it('también se comparte, y quien llega tarde empieza por lo último', async () => {
    const early = run(query);
    await eventually(() => expect(early.results).toHaveLength(1));
    const late = run(query);
    await eventually(() => expect(data(late.results[0])).toMatchObject({ tick: { count: 3 } }));
    world.feed.append('norte');
    await eventually(() => expect([early.results.length, late.results.length]).toEqual([2, 2]));
    expect(world.tenancy.live).toBe(1);
    expect(world.joins()).toBe(2);
  });

  it('si el subgrafo cae, al volver da el presente', async () => {
    const reader = run(query);
    await eventually(() => expect(reader.results).toHaveLength(1));
    world.tenancy.kill();
    world.feed.append('norte', 5);
    world.tenancy.revive();
    await eventually(() => expect(data(reader.results.at(-1))).toMatchObject({ tick: { count: 8 } }));
  });

  it('un flujo que acaba, acaba', async () => {
    const reader = run('subscription { countdown(from: 3, after: 7) }');
    await eventually(() => expect(reader.over).toBe(true));
    expect(plain(reader)).toEqual([
      { data: { countdown: 3 } },
      { data: { countdown: 2 } },
      { data: { countdown: 1 } },
    ]);
  });
});
