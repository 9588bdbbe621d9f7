import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditLine } from '../domain/ports.ts';
import type { TenantDesk } from '../domain/tenant-desk.ts';
import type { DatabaseTier, TenantInstanceStatus } from '../domain/tenant-instance.ts';
import { operatorCause, viewerOf } from '../testing/builders.ts';
import { memoryTenantDesk } from '../testing/memory-tenant-desk.ts';
import { sellingWorld } from '../testing/tenancy-parts.ts';
import { startTenantsAtHome, type TenantsAtHome } from '../testing/tenants-at-home.ts';
import { addTenantUser } from '../use-cases/add-tenant-user.ts';
import { removeTenantUser } from '../use-cases/remove-tenant-user.ts';
import { setTenantSettings } from '../use-cases/set-tenant-settings.ts';
import { createTenantDesk } from './tenant-desk.ts';
import { tenantWrites } from './tenant-writes.ts';

const admin = viewerOf('PLATFORM_ADMIN');
const clock = (): Date => new Date();

interface Bench {
  readonly desk: TenantDesk;
  readonly customerId: string;
  newInstance(maxUsers?: number): Promise<string>;
  setStatus(id: string, status: TenantInstanceStatus): Promise<void>;
  emails(id: string): Promise<readonly string[]>;
  settings(id: string): Promise<Readonly<Record<string, unknown>>>;
  /** De la instancia, sin la de su venta. */
  audits(id: string): Promise<readonly Pick<AuditLine, 'action' | 'outcome' | 'detail'>[]>;
  close(): Promise<void>;
}

let atHome: TenantsAtHome;
beforeAll(async () => {
  atHome = await startTenantsAtHome();
}, 60_000);
afterAll(() => atHome.close());

async function overPostgres(tier: DatabaseTier): Promise<Bench> {
  const { prisma } = atHome;
  const tenants = atHome.openTenants();
  const onUnsettled = (error: unknown): never => {
    throw error;
  };
  const writes = tenantWrites(prisma, newId, clock);
  return {
    desk: createTenantDesk({ tenants, writes, newId, onUnsettled }),
    customerId: atHome.customerId,
    newInstance: (maxUsers) => atHome.addInstance(tier, maxUsers),
    async setStatus(id, status) {
      await prisma.tenantInstance.update({ where: { id }, data: { status } });
    },
    async emails(id) {
      const users = await tenants.withTenant(id, (tx) =>
        tx.tenantUser.findMany({ orderBy: { email: 'asc' } }),
      );
      return users.map(({ email }) => email);
    },
    async settings(id) {
      const rows = await tenants.withTenant(id, (tx) => tx.tenantSetting.findMany());
      return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
    },
    async audits(entityId) {
      expect(await prisma.tenantWrite.count({ where: { tenantInstanceId: entityId } })).toBe(0);
      const where = { entityId, action: { not: 'provisionTenantInstance' } };
      const rows = await prisma.auditEntry.findMany({ where, orderBy: { seq: 'asc' } });
      return rows.map(({ action, outcome, detail }) => ({ action, outcome, detail }) as AuditLine);
    },
    close: () => tenants.close(),
  };
}

async function overMemory(): Promise<Bench> {
  const { tables, customer, sell } = await sellingWorld();
  const { tenantDesk, rowsOf } = memoryTenantDesk(tables);
  let count = 0;
  const change = (id: string, rest: object): void => {
    tables.instances = tables.instances.map((one) => (one.id === id ? { ...one, ...rest } : one));
  };
  return {
    desk: tenantDesk,
    customerId: customer.id,
    async newInstance(maxUsers = 25) {
      count += 1;
      const { id } = await sell({ instanceCode: `sede-${count}` });
      change(id, { status: 'ACTIVE', maxUsers });
      return id;
    },
    setStatus: async (id, status) => change(id, { status }),
    emails: async (id) =>
      rowsOf(id)
        .users.map(({ email }) => email)
        .toSorted(),
    settings: async (id) =>
      Object.fromEntries(rowsOf(id).settings.map(({ key, value }) => [key, JSON.parse(value)])),
    audits: async (id) =>
      tables.audit
        .filter(({ entityId, action }) => entityId === id && action !== 'provisionTenantInstance')
        .map(({ action, outcome, detail }) => ({ action, outcome, detail })),
    close: async () => undefined,
  };
}

/** Una sola batería: lo que la memoria promete a los casos de uso lo cumplen las dos clases de base. */
describe.each([
  ['la base compartida', () => overPostgres('STANDARD')],
  ['una base propia', () => overPostgres('ENTERPRISE')],
  ['la memoria', overMemory],
])('ajustes y usuarios sobre %s', (_, open) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await open();
  });
  afterAll(() => bench.close());

  const user = (email: string) => ({ email, displayName: 'Ana Gómez', role: 'VETERINARIAN' });
  const add = (instanceId: string, email: string, viewer = admin) =>
    addTenantUser({ tenantDesk: bench.desk, newId, clock }, operatorCause, viewer, {
      ...user(email),
      instanceId,
    });
  const set = (instanceId: string, settings: { key: string; value: unknown }[]) =>
    setTenantSettings({ tenantDesk: bench.desk, clock }, operatorCause, admin, { instanceId, settings });
  const remove = (instanceId: string, userId: string) =>
    removeTenantUser({ tenantDesk: bench.desk }, operatorCause, admin, { instanceId, userId });

  it('un usuario entra con su correo en minúsculas, sale, y las dos cosas constan', async () => {
    const id = await bench.newInstance();

    const ana = await add(id, ' Ana@Norte.TEST ');
    expect(await bench.emails(id)).toEqual(['ana@norte.test']);
    await remove(id, ana.id);

    expect(await bench.emails(id)).toEqual([]);
    expect(await bench.audits(id)).toEqual([
      { action: 'addTenantUser', outcome: 'ACCEPTED', detail: { userId: ana.id, role: 'VETERINARIAN' } },
      { action: 'removeTenantUser', outcome: 'ACCEPTED', detail: { userId: ana.id, role: 'VETERINARIAN' } },
    ]);
    await expect(remove(id, ana.id)).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'userId' });
  });

  it('el mismo correo dos veces es TENANT_USER_EXISTS; en otra instancia no estorba', async () => {
    const [id, other] = [await bench.newInstance(), await bench.newInstance()];
    await add(id, 'ana@norte.test');
    await add(other, 'ana@norte.test');

    await expect(add(id, 'ANA@norte.test')).rejects.toMatchObject({
      code: 'TENANT_USER_EXISTS',
      field: 'email',
    });
    expect(await bench.audits(id)).toHaveLength(1);
  });

  it('la última plaza se da y la siguiente no; al salir uno, entra otro', async () => {
    const id = await bench.newInstance(2);
    const ana = await add(id, 'ana@norte.test');
    await add(id, 'luis@norte.test');

    await expect(add(id, 'eva@norte.test')).rejects.toMatchObject({ code: 'SEAT_LIMIT_REACHED' });
    await remove(id, ana.id);
    await add(id, 'eva@norte.test');

    expect(await bench.emails(id)).toEqual(['eva@norte.test', 'luis@norte.test']);
  });

  it('veinte a la vez por cinco plazas: cinco', async () => {
    const id = await bench.newInstance(5);

    const all = await Promise.allSettled(Array.from({ length: 20 }, (__, n) => add(id, `u${n}@norte.test`)));

    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(await bench.emails(id)).toHaveLength(5);
    expect(await bench.audits(id)).toHaveLength(5);
  });

  it('los ajustes se añaden o se sustituyen, y constan las claves sin los valores', async () => {
    const id = await bench.newInstance();

    await set(id, [
      { key: 'locale', value: 'es' },
      { key: 'hours', value: { open: '08:00', days: [1, 2] } },
    ]);
    await set(id, [
      { key: 'locale', value: 'en' },
      { key: 'invoice.footer', value: null },
    ]);

    expect(await bench.settings(id)).toEqual({
      locale: 'en',
      hours: { open: '08:00', days: [1, 2] },
      'invoice.footer': null,
    });
    expect((await bench.audits(id)).map(({ detail }) => detail)).toEqual([
      { keys: ['locale', 'hours'] },
      { keys: ['locale', 'invoice.footer'] },
    ]);
  });

  it('no caben más de 200 ajustes, y la que no cabe no deja nada', async () => {
    const id = await bench.newInstance();
    for (let page = 0; page < 4; page += 1) {
      await set(
        id,
        Array.from({ length: 50 }, (__, n) => ({ key: `k${page}-${n}`, value: n })),
      );
    }

    const more = [
      { key: 'k0-0', value: 'otro' },
      { key: 'one-more', value: 1 },
    ];
    await expect(set(id, more)).rejects.toMatchObject({ code: 'VALIDATION_FAILED', field: 'settings' });
    expect(await bench.settings(id)).toMatchObject({ 'k0-0': 0 });
  });

  it.each(['PROVISIONING', 'FAILED', 'SUSPENDED', 'DECOMMISSIONED'] as const)(
    'una instancia %s no cambia: ILLEGAL_TRANSITION',
    async (status) => {
      const id = await bench.newInstance();
      await bench.setStatus(id, status);

      const refusal = { code: 'ILLEGAL_TRANSITION', field: 'instanceId' };
      await expect(add(id, 'ana@norte.test')).rejects.toMatchObject(refusal);
      await expect(set(id, [{ key: 'locale', value: 'es' }])).rejects.toMatchObject(refusal);
      await expect(remove(id, newId())).rejects.toMatchObject(refusal);
      expect(await bench.audits(id)).toEqual([]);
    },
  );

  it('si la suspenden mientras se cambia, no cambia', async () => {
    const id = await bench.newInstance();
    const changing = bench.desk.change(
      operatorCause,
      id,
      ({ status }) => {
        if (status !== 'ACTIVE') throw new RangeError('ya no');
      },
      async (records) => {
        await records.addUser({
          ...user('ana@norte.test'),
          id: newId(),
          createdAt: clock(),
        } as Parameters<typeof records.addUser>[0]);
        await bench.setStatus(id, 'SUSPENDED');
        return { result: 1, audit: { action: 'x', entityType: 'TenantInstance', entityId: id, detail: {} } };
      },
    );

    await expect(changing).rejects.toThrow('ya no');
    await bench.setStatus(id, 'ACTIVE');
    expect(await bench.emails(id)).toEqual([]);
    expect(await bench.audits(id)).toEqual([]);
  });

  it('la de otro cliente es como si no existiera, y la que no existe, también', async () => {
    const id = await bench.newInstance();
    const stranger = viewerOf('CUSTOMER_ADMIN', { tenantId: newId() });
    const own = viewerOf('CUSTOMER_ADMIN', { tenantId: bench.customerId });
    const missing = { code: 'NOT_FOUND', field: 'instanceId' };

    await expect(add(id, 'ana@norte.test', stranger)).rejects.toMatchObject(missing);
    await expect(add(newId(), 'ana@norte.test')).rejects.toMatchObject(missing);
    await add(id, 'ana@norte.test', own);
    expect(await bench.emails(id)).toEqual(['ana@norte.test']);
  });
});
