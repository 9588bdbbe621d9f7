import type { RunningSubgraph } from '@farutech/subgraph/start-subgraph';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectionsNamed } from '../../../../packages/tenant-db/src/testing/tenant-world.ts';
import { eventually } from '../../../../tests/support/eventually.ts';
import { quietLog } from '../../../../tests/support/quiet-log.ts';
import { parseTenancyConfig } from '../config.ts';
import { tenantQueries } from '../persistence/queries/tenant-queries.ts';
import { startTenancy } from '../start.ts';
import { idOf, viewerOf } from '../testing/builders.ts';
import { type Answer, ask, type Data, testSecret } from '../testing/tenancy-client.ts';
import { startTenantsAtHome, type TenantsAtHome } from '../testing/tenants-at-home.ts';

const log = quietLog('tenancy-test');
log.level = process.env.LOG_LEVEL ?? 'silent';
const admin = viewerOf('PLATFORM_ADMIN');

const addUser = `mutation ($id: ID!, $input: TenantUserInput!) {
  addTenantUser(instanceId: $id, input: $input) { id email displayName role createdAt } }`;
const removeUser = `mutation ($id: ID!, $user: ID!) {
  removeTenantUser(instanceId: $id, userId: $user) { id users { totalCount } } }`;
const setSettings = `mutation ($id: ID!, $settings: [TenantSettingInput!]!) {
  setTenantSettings(instanceId: $id, settings: $settings) { id settings { key value updatedAt } } }`;
const data = `query ($id: ID!) { tenantInstance(id: $id) { id settings { key value } users { edges { node { email } } } } }`;

let atHome: TenantsAtHome;
let processes: readonly RunningSubgraph[];
let norte: string;
let sur: string;
let own: string;
beforeAll(async () => {
  atHome = await startTenantsAtHome();
  const start = (): Promise<RunningSubgraph> =>
    startTenancy(
      parseTenancyConfig({
        PORT: '0',
        ROLE: 'api',
        DATABASE_URL: atHome.url,
        TENANTS_DATABASE_URL: atHome.world.sharedUrl.reveal(),
        // Cambiar los datos de un inquilino solo necesita PostgreSQL.
        NATS_URL: 'nats://127.0.0.1:1',
        INTERNAL_TOKEN_SECRET: testSecret.reveal(),
      }),
      log,
    );
  processes = await Promise.all([start(), start()]);
  norte = await atHome.addInstance('STANDARD');
  sur = await atHome.addInstance('STANDARD');
  own = await atHome.addInstance('ENTERPRISE');
}, 60_000);
afterAll(async () => {
  await Promise.all((processes ?? []).map((one) => one.close()));
  // Quien cierra no deja ninguna conexión.
  await eventually(async () => {
    expect(await connectionsNamed(atHome.world, 'tenancy-tenants')).toBe(0);
  });
  await atHome.close();
}, 60_000);

let turns = 0;
/** Una vez a cada proceso. */
function call(query: string, variables: Record<string, unknown>, viewer = admin): Promise<Answer> {
  turns += 1;
  return ask(processes[turns % processes.length]?.url ?? '', viewer, query, variables);
}
const person = (n: number) => ({ email: `persona${n}@norte.test`, displayName: `Persona ${n}`, role: 'VET' });
const codeOf = ({ errors }: Answer): string | undefined => errors?.[0]?.extensions.code;

describe('ajustes y usuarios por la API', () => {
  it.each([
    ['Standard', () => norte],
    ['Enterprise', () => own],
  ])('un inquilino %s: lo que se pone se ve, y lo del vecino no', async (_, of) => {
    const set = await call(setSettings, {
      id: of(),
      settings: [
        { key: 'locale', value: 'es' },
        { key: 'hours', value: { open: '08:00' } },
      ],
    });
    const added = await call(addUser, { id: of(), input: { ...person(1), email: 'Ana@Norte.test' } });

    expect(set.errors).toBeUndefined();
    expect(set.data?.setTenantSettings.settings.map(({ key, value }: Data) => [key, value])).toEqual([
      ['hours', { open: '08:00' }],
      ['locale', 'es'],
    ]);
    expect(added.data?.addTenantUser).toMatchObject({ email: 'ana@norte.test', displayName: 'Persona 1' });
    expect((await call(data, { id: of() })).data?.tenantInstance.users.edges).toEqual([
      { node: { email: 'ana@norte.test' } },
    ]);
    expect((await call(data, { id: sur })).data?.tenantInstance).toEqual({
      id: sur,
      settings: [],
      users: { edges: [] },
    });

    const removed = await call(removeUser, { id: of(), user: added.data?.addTenantUser.id });
    expect(removed.data?.removeTenantUser.users.totalCount).toBe(0);
  });

  it.each(['STANDARD', 'ENTERPRISE'] as const)(
    '200 altas a la vez por 50 plazas, entre dos procesos, en %s: 50',
    async (tier) => {
      const id = await atHome.addInstance(tier, 50);

      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, n) => call(addUser, { id, input: person(n) })),
      );

      const codes = answers.map((answer) => codeOf(answer) ?? 'hecha');
      expect(codes.filter((code) => code === 'hecha')).toHaveLength(50);
      expect(codes.filter((code) => code === 'SEAT_LIMIT_REACHED')).toHaveLength(150);
      const { data: seen } = await call(
        `query ($id: ID!) { tenantInstance(id: $id) { users(first: 100) { totalCount edges { node { email } } } } }`,
        { id },
      );
      expect(seen?.tenantInstance.users.totalCount).toBe(50);
      expect(seen?.tenantInstance.users.edges).toHaveLength(50);
      const audited = await atHome.prisma.auditEntry.count({
        where: { entityId: id, action: 'addTenantUser', outcome: 'ACCEPTED' },
      });
      expect(audited).toBe(50);
      expect(await atHome.prisma.tenantWrite.count()).toBe(0);
    },
    120_000,
  );

  it('los usuarios van por páginas, los más nuevos primero, cada uno una vez', async () => {
    const id = await atHome.addInstance('STANDARD');
    for (let n = 0; n < 7; n += 1) await call(addUser, { id, input: person(n) });
    const query = `query ($id: ID!, $after: String) { tenantInstance(id: $id) { users(first: 3, after: $after) {
      totalCount edges { node { displayName } } pageInfo { hasNextPage endCursor } } } }`;
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data: page }: Answer = await call(query, { id, after });
      const users = page?.tenantInstance.users;
      seen.push(...users.edges.map(({ node }: Data) => node.displayName));
      after = users.pageInfo.hasNextPage ? users.pageInfo.endCursor : null;
      expect(users.totalCount).toBe(7);
    } while (after !== null);

    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((n) => `Persona ${n}`));
  });

  it.each([
    [{ ...person(1), email: 'ana' }, 'VALIDATION_FAILED', 'email'],
    [{ ...person(1), displayName: '  ' }, 'VALIDATION_FAILED', 'displayName'],
    [{ ...person(1), role: '' }, 'VALIDATION_FAILED', 'role'],
  ])('un usuario %j es %s en %s', async (input, code, field) => {
    const { errors } = await call(addUser, { id: norte, input });

    expect(errors?.[0]?.extensions).toMatchObject({ code, field });
  });

  it.each([
    [[{ key: '', value: 1 }], 'key'],
    [[{ key: 'a b', value: 1 }], 'key'],
    [[{ key: 'k', value: 'x'.repeat(16 * 1024) }], 'value'],
    [[{ key: 'k', value: { a: '\0' } }], 'value'],
    [[{ key: 'k', value: '\ud800' }], 'value'],
    [
      [
        { key: 'k', value: 1 },
        { key: 'k', value: 2 },
      ],
      'key',
    ],
    [[], 'settings'],
  ])('los ajustes %# se rechazan en %s', async (settings, field) => {
    const { errors } = await call(setSettings, { id: norte, settings });

    expect(errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION_FAILED', field });
  });

  it('lo rechazado consta, con su código', async () => {
    const { errors } = await call(addUser, { id: idOf(0xdead), input: person(1) });

    expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', field: 'instanceId' });
    const correlationId = errors?.[0]?.extensions.correlationId ?? '';
    expect(await atHome.prisma.auditEntry.findMany({ where: { correlationId } })).toMatchObject([
      { action: 'addTenantUser', outcome: 'REFUSED', code: 'NOT_FOUND' },
    ]);
  });
});

describe('quién ve y quién cambia', () => {
  const insider = { tenantId: '' };
  beforeAll(() => {
    insider.tenantId = atHome.customerId;
  });

  it('el programa de una instancia lee la suya y no la cambia', async () => {
    const app = viewerOf('CHILD_APP', { ...insider, instanceIds: [norte] });

    expect((await call(data, { id: norte }, app)).errors).toBeUndefined();
    expect((await call(data, { id: sur }, app)).data).toEqual({ tenantInstance: null });
    expect(codeOf(await call(addUser, { id: norte, input: person(1) }, app))).toBe('FORBIDDEN');
  });

  it('el administrador del cliente lee y cambia lo suyo; el de otro no lo encuentra', async () => {
    const id = await atHome.addInstance('STANDARD');
    const mine = viewerOf('CUSTOMER_ADMIN', insider);
    const stranger = viewerOf('CUSTOMER_ADMIN', { tenantId: idOf(0xbeef) });

    expect((await call(addUser, { id, input: person(1) }, mine)).errors).toBeUndefined();
    expect((await call(data, { id }, mine)).data?.tenantInstance.users.edges).toHaveLength(1);
    expect((await call(data, { id }, stranger)).data).toEqual({ tenantInstance: null });
    expect(codeOf(await call(addUser, { id, input: person(2) }, stranger))).toBe('NOT_FOUND');
  });

  it.each(['BILLING', 'CUSTOMER_VIEWER'] as const)('%s no ve los datos del inquilino', async (role) => {
    const viewer = viewerOf(role, insider);

    expect(codeOf(await call(data, { id: norte }, viewer))).toBe('FORBIDDEN');
    expect(codeOf(await call(setSettings, { id: norte, settings: [] }, viewer))).toBe('FORBIDDEN');
  });
});

describe('cuánto cuesta mirar', () => {
  const many = `query ($first: Int!) { tenantInstances(first: $first) { edges { node { id
    settings { key } users(first: 2) { totalCount edges { node { email } } } } } } }`;

  it('hasta veinte instancias por consulta; con veintiuna, QUERY_TOO_COMPLEX', async () => {
    for (let n = 0; n < 20; n += 1) await atHome.addInstance('STANDARD');

    const twenty = await call(many, { first: 20 });
    const more = await call(many, { first: 21 });

    expect(twenty.errors).toBeUndefined();
    expect(twenty.data?.tenantInstances.edges).toHaveLength(20);
    expect(new Set(more.errors?.map(({ extensions }) => extensions.code))).toEqual(
      new Set(['QUERY_TOO_COMPLEX']),
    );
  }, 60_000);

  it('las de la base compartida van en un lote, y totalCount solo si se pide', async () => {
    const tenants = atHome.openTenants();
    const batches: number[] = [];
    const reads = tenantQueries({
      readTenants: (ids, read) => {
        batches.push(ids.length);
        return tenants.readTenants(ids, read);
      },
    });
    const page = { first: 5, after: null };

    await Promise.all([norte, sur, own].map((id) => reads.tenantUsersOf(id, page)));
    expect(batches).toEqual([3]);
    await Promise.all([norte, sur, own].map((id) => reads.countTenantUsersOf(id)));
    expect(batches).toEqual([3, 3]);
    await tenants.close();
  });

  it('una instancia que aún no tiene casa no tiene nada, y una que no contesta es UNAVAILABLE', async () => {
    const fresh = await atHome.addInstance('STANDARD');
    await atHome.prisma.tenantHome.delete({ where: { tenantId: fresh } });
    const dead = await atHome.addInstance('ENTERPRISE');
    await atHome.world.outside.query(`ALTER ROLE t_${dead.replaceAll('-', '')} CONNECTION LIMIT 0`);

    expect((await call(data, { id: fresh })).data?.tenantInstance).toMatchObject({ settings: [] });
    expect(codeOf(await call(data, { id: dead }))).toBe('UNAVAILABLE');
  });
});
