import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { Reader, statusOf } from '../testing/reader.ts';
import { compose, openWorld, subscriptionSdl, tenancySdl, type World } from '../testing/world.ts';

const query = `subscription { provisioningStatus(instanceId: "norte") { version instance { id planName } } }`;
const supergraph = (tenancy: string, subscription: string): string =>
  compose({ name: 'tenancy', sdl: tenancy }, { name: 'subscription', sdl: subscription });

let world: World;
let readers: Reader[];

beforeEach(async () => {
  world = openWorld({ lingerMs: 0 });
  world.feed.append('norte', 3);
  readers = ['a', 'a', 'b'].map((scope) => new Reader(world.gateway.subscribe({ query, scope })));
  await eventually(() => expect(readers.every(({ versions }) => versions.length === 1)).toBe(true));
});
afterEach(async () => {
  await Promise.all(readers.map((reader) => reader.leave()));
  expect(world.gateway.figures.members).toBe(0);
  await world.close();
});

describe('recargar el supergrafo', () => {
  it('con algo nuevo no se cae nadie ni se reabre nada, y lo nuevo se puede pedir', async () => {
    const opened = world.feed.opened;
    world.gateway.reload(supergraph(tenancySdl, `${subscriptionSdl} extend type Query { pong: String }`));
    world.feed.append('norte');

    await eventually(() => {
      for (const { versions } of readers) expect(versions).toEqual([3, 4]);
    });
    expect(world.feed.opened).toBe(opened);
    expect(world.gateway.apiSchema.getQueryType()?.getFields()).toHaveProperty('pong');
  });

  it('entre recargas y cambios no se pierde ni se repite nada', async () => {
    const sdls = [
      supergraph(tenancySdl, subscriptionSdl),
      supergraph(tenancySdl, `${subscriptionSdl} extend type Query { pong: String }`),
    ];
    for (let n = 0; n < 20; n++) {
      world.gateway.reload(sdls[n % 2] ?? '');
      world.feed.append('norte', 5);
      await eventually(() => expect(readers[0]?.versions.at(-1)).toBe(3 + 5 * (n + 1)));
    }
    await eventually(() => {
      for (const { versions } of readers)
        expect(versions).toEqual(Array.from({ length: 101 }, (_, i) => i + 3));
    });
  });

  it('si lo que se pide arriba cambia, se reabre por el último cursor', async () => {
    const opened = world.feed.opened;
    // La clave de la entidad pasa a llevar un campo más, que hay que pedir con cada suceso.
    const tenancy = tenancySdl.replace(
      '@key(fields: "id") { id: ID!',
      '@key(fields: "id") { id: ID! region: String @shareable',
    );
    const linked = (sdl: string): string =>
      sdl.replace('"@external"', '"@external", "@shareable", "@requires"');
    world.gateway.reload(
      supergraph(
        linked(tenancy),
        linked(subscriptionSdl).replace(
          'planName: String',
          'region: String @external planName: String @requires(fields: "region")',
        ),
      ),
    );
    world.feed.append('norte', 2);

    await eventually(() => {
      for (const { versions } of readers) expect(versions).toEqual([3, 4, 5]);
    });
    expect(world.feed.opened).toBe(opened + 2);
    expect(world.tenancy.subscribed.at(-1)?.query).toContain('region');
    expect(world.tenancy.subscribed.at(-1)?.variables).toMatchObject({ __after: world.feed.cursor(3) });
  });

  it('lo que el supergrafo nuevo ya no tiene acaba con su error', async () => {
    world.gateway.reload(supergraph(tenancySdl.replace('version: Int!', 'number: Int!'), subscriptionSdl));
    await eventually(() => expect(readers.every(({ over }) => over)).toBe(true));
    for (const { code } of readers) expect(code).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('uno que no se entiende lanza, y todo sigue como estaba', async () => {
    expect(() => world.gateway.reload('type Query {')).toThrow();
    world.feed.append('norte');
    await eventually(() =>
      expect(
        readers.map(({ results }) => results.at(-1)).map((last) => last && statusOf(last).version),
      ).toEqual([4, 4, 4]),
    );
  });
});
