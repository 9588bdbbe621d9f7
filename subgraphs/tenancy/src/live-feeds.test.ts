import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { idOf, vet, vetProfessional, viewerOf } from './testing/builders.ts';
import {
  admin,
  changes,
  type RunningTenancy,
  startRunningTenancy,
  status,
} from './testing/running-tenancy.ts';
import { ask, type Data, watch } from './testing/tenancy-client.ts';

let world: RunningTenancy;
let customerId: string;
beforeAll(async () => {
  world = await startRunningTenancy();
  // Lo que catalog contó antes de que empezara la prueba.
  await world.database.prisma.productProjection.create({ data: vet });
  await world.database.prisma.planProjection.create({ data: vetProfessional });
  customerId = await world.registerCustomer();
}, 120_000);
afterAll(() => world.close(), 60_000);

const versions = (frames: readonly Data[]): string[] => frames.map(({ cursor }) => cursor);

describe('lo que se ve en vivo', () => {
  it('primero el presente y luego cada paso, en orden, hasta ACTIVE, también en el otro proceso', async () => {
    const sold = await world.sell(customerId, 'norte');
    const here = await watch(world.tenancy.wsUrl, admin, status, { id: sold.id });
    const there = await watch(world.replica.wsUrl, admin, status, { id: sold.id });
    const everything = await watch(world.replica.wsUrl, admin, changes);
    await eventually(() => expect([here.frames.length, there.frames.length]).toEqual([1, 1]));

    await world.live(customerId, sold);

    await eventually(() => {
      for (const { frames } of [here, there]) expect(frames.at(-1)).toMatchObject({ status: 'ACTIVE' });
    });
    expect(here.frames).toEqual(there.frames);
    expect(here.frames.map(({ message }) => message)).toEqual([
      'Provisioning was requested',
      'Names reserved (step 1 of 7)',
      'Database created (step 2 of 7)',
      'Migrations applied (step 3 of 7)',
      'First data loaded (step 4 of 7)',
      'Namespace registered (step 5 of 7)',
      'Subdomain published (step 6 of 7)',
      'Instance activated (step 7 of 7)',
      'Everything is in place; switching the subscription on',
      'The instance is active',
    ]);
    for (const frame of here.frames) expect(frame.instance.status).toBe(frame.status);
    expect(here.frames.at(-1)).toMatchObject({ operation: { state: 'SUCCEEDED' }, step: null });
    await eventually(() => expect(everything.frames).toHaveLength(1));
    expect(everything.frames).toMatchObject([
      { status: 'ACTIVE', instance: { id: sold.id, status: 'ACTIVE' } },
    ]);

    const resumed = await watch(world.replica.wsUrl, admin, status, {
      id: sold.id,
      after: here.frames[4]?.cursor,
    });
    await eventually(() => expect(versions(resumed.frames)).toEqual(versions(here.frames).slice(5)));
    expect(
      (
        await ask(
          world.tenancy.url,
          admin,
          `{ tenantInstance(id: "${sold.id}") { currentOperation { id } } }`,
        )
      ).data,
    ).toEqual({ tenantInstance: { currentOperation: null } });
    await Promise.all([here, there, everything, resumed].map(({ stop }) => stop()));
  });

  it('cortar y reanudar en carrera con los cambios: nada dos veces, nada de menos', async () => {
    const sold = await world.sell(customerId, 'carrera');
    const seen: string[] = [];
    const writing = world.live(customerId, sold);
    for (let round = 0; seen.length < 10; round += 1) {
      const { wsUrl } = round % 2 === 0 ? world.tenancy : world.replica;
      const watching = await watch(wsUrl, admin, status, { id: sold.id, after: seen.at(-1) });
      await eventually(() => expect(watching.frames.length).toBeGreaterThan(0));
      await watching.stop();
      seen.push(...versions(watching.frames));
    }
    await writing;

    const rows = await world.database.prisma.feed.findMany({ where: { instanceId: sold.id } });
    expect(rows).toHaveLength(10);
    const plain = seen.map((cursor) => Buffer.from(cursor, 'base64url').toString());
    const first = Number(plain[0]?.split(':').at(-1));
    expect(plain).toEqual(plain.map((_, index) => `status:v1:${first + index}`));
    expect(plain.at(-1)).toBe('status:v1:10');
  });

  it('los cambios de todas se reanudan por su cursor, y cada quien ve los suyos', async () => {
    const sold = await world.sell(customerId, 'cambios');
    const own = viewerOf('CUSTOMER_VIEWER', { tenantId: customerId });
    const foreign = viewerOf('CUSTOMER_VIEWER', { tenantId: idOf(0xdead) });
    const app = viewerOf('CHILD_APP', { tenantId: customerId, instanceIds: [sold.id] });
    const [mine, nothing, program] = await Promise.all([
      watch(world.tenancy.wsUrl, own, changes, { customer: customerId }),
      watch(world.tenancy.wsUrl, foreign, changes),
      watch(world.replica.wsUrl, app, changes),
    ]);
    const statusOfApp = await watch(world.replica.wsUrl, app, status, { id: sold.id });
    await eventually(() => expect(statusOfApp.frames).toHaveLength(1));
    const other = await world.sell(customerId, 'vecina');

    await Promise.all([world.live(customerId, sold), world.live(customerId, other)]);

    await eventually(() => {
      expect(mine.frames.filter(({ status: now }) => now === 'ACTIVE')).toHaveLength(2);
      expect(program.frames).toMatchObject([{ status: 'ACTIVE', instance: { id: sold.id } }]);
    });
    const [first] = mine.frames;
    const resumed = await watch(world.replica.wsUrl, own, changes, { after: first?.cursor });
    await eventually(() => expect(resumed.frames).toEqual(mine.frames.slice(1)));
    expect(nothing.frames).toEqual([]);
    const numbers = await world.database.prisma.feed.findMany({
      where: { statusChanged: true },
      orderBy: { changeNo: 'asc' },
    });
    expect(numbers.map(({ changeNo }) => Number(changeNo))).toEqual(numbers.map((_, index) => index + 1));
    await Promise.all([mine, nothing, program, statusOfApp, resumed].map(({ stop }) => stop()));
  });

  it('lo que no se puede seguir se dice antes de la primera trama', async () => {
    const { id } = await world.sell(customerId, 'cursores');
    const future = Buffer.from('status:v1:999').toString('base64url');
    const otherStream = Buffer.from('change:v1:1').toString('base64url');
    const stranger = viewerOf('CUSTOMER_ADMIN', { tenantId: idOf(0xdead) });
    const refusals = [
      [admin, status, { id: idOf(0xdead) }, 'NOT_FOUND', 'instanceId'],
      [stranger, status, { id }, 'NOT_FOUND', 'instanceId'],
      [stranger, changes, { customer: customerId }, 'NOT_FOUND', 'customerId'],
      [admin, status, { id, after: 'nada' }, 'INVALID_CURSOR', 'after'],
      [admin, status, { id, after: otherStream }, 'INVALID_CURSOR', 'after'],
      [admin, status, { id, after: future }, 'CURSOR_EXPIRED', 'after'],
      [
        admin,
        changes,
        { after: Buffer.from('change:v1:99999').toString('base64url') },
        'CURSOR_EXPIRED',
        'after',
      ],
    ] as const;
    for (const [viewer, query, variables, code, field] of refusals) {
      const watching = await watch(world.tenancy.wsUrl, viewer, query, variables);
      await eventually(() => expect(watching.errors[0]?.extensions).toMatchObject({ code, field }));
      expect(watching.frames).toEqual([]);
      await watching.stop();
    }
  });
});
