import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import type { Customer } from '../domain/customer.ts';
import type { Stores, UnitOfWork } from '../domain/ports.ts';
import type { TenantInstance } from '../domain/tenant-instance.ts';
import {
  countedIds,
  exito,
  failedFact,
  idOf,
  moveWarmMs,
  norte,
  operatorCause,
  provisionedFact,
  stepFact,
  tickingClock,
  vet,
  vetProfessional,
  viewerOf,
} from '../testing/builders.ts';
import { memoryWorld } from '../testing/memory-stores.ts';
import { startTenancyDatabase, type TenancyDatabase } from '../testing/tenancy-database.ts';
import { applyOperationFact } from '../use-cases/apply-operation-fact.ts';
import { deactivateCustomer } from '../use-cases/deactivate-customer.ts';
import { provisionTenantInstance } from '../use-cases/provision-tenant-instance.ts';
import { registerCustomer } from '../use-cases/register-customer.ts';
import { updateCustomer } from '../use-cases/update-customer.ts';

let database: TenancyDatabase;
beforeAll(async () => {
  database = await startTenancyDatabase();
}, 60_000);
afterAll(() => database.close());

const tables = `customer, tenant_instance, feed, tenant_home, operation, operation_step, dead_letter,
  plan_projection, product_projection, outbox, processed_message, audit_entry, idempotency_key`;

async function emptyDatabase(): Promise<UnitOfWork> {
  await database.prisma.$executeRawUnsafe(`TRUNCATE ${tables} CASCADE`);
  return database.unitOfWork;
}

/** Una sola batería para las dos: lo que la memoria promete a los casos de uso lo cumple PostgreSQL. */
describe.each([
  ['PostgreSQL', emptyDatabase],
  ['la memoria', async () => memoryWorld().unitOfWork],
])('los almacenes sobre %s', (_name, open) => {
  let unitOfWork: UnitOfWork;
  let newId = countedIds();
  beforeEach(async () => {
    unitOfWork = await open();
    newId = countedIds();
  });

  const parts = () => ({
    unitOfWork,
    newId,
    clock: tickingClock(),
    tenantDomain: 'tenants.farutech.test',
    learnOffer: async () => ({ productExists: true, plan: vetProfessional }),
    moveWarmMs,
  });
  const register = (rest: Partial<typeof exito> = {}): Promise<Customer> =>
    registerCustomer(parts(), operatorCause, { ...exito, ...rest });
  const sell = (customerId: string, rest: Parameters<typeof norte>[1] = {}): Promise<TenantInstance> =>
    provisionTenantInstance(parts(), operatorCause, viewerOf('PLATFORM_ADMIN'), norte(customerId, rest));

  let read = 0;
  async function inside<T>(look: (stores: Stores) => Promise<T>): Promise<T> {
    read += 1;
    let found: T | undefined;
    await unitOfWork.react({ ...operatorCause, messageId: `look-${read}` }, async (stores) => {
      found = await look(stores);
      return { events: [], audit: null };
    });
    return found as T;
  }

  it('un cliente vuelve como se guardó', async () => {
    const customer = await register();

    const found = await inside(({ customers }) => customers.get(customer.id));

    expect(found?.snapshot()).toEqual(customer.snapshot());
    expect(await inside(({ customers }) => customers.get(idOf(0xdead)))).toBeNull();
  });

  it('un cliente cambiado vuelve como se cambió', async () => {
    const { id } = await register();
    await updateCustomer(parts(), operatorCause, viewerOf('PLATFORM_ADMIN'), {
      id,
      legalName: 'Grupo Éxito',
      billingEmail: 'pagos@exito.test',
    });
    const changed = await deactivateCustomer(parts(), operatorCause, id);

    const found = await inside(({ customers }) =>
      Promise.all([customers.get(id), customers.hold(id), customers.lock(id)]),
    );

    expect(changed.snapshot()).toMatchObject({ legalName: 'Grupo Éxito', isActive: false, revision: 3 });
    expect(found.map((one) => one?.snapshot())).toEqual(Array(3).fill(changed.snapshot()));
    expect(await inside(({ customers }) => customers.lock(idOf(0xdead)))).toBeNull();
  });

  it('veinte bajas a la vez: una se hace y diecinueve ya no pueden', async () => {
    const { id } = await register();

    const all = await Promise.allSettled(
      Array.from({ length: 20 }, () => deactivateCustomer(parts(), operatorCause, id)),
    );

    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const found = await inside(({ customers }) => customers.get(id));
    expect(found?.snapshot()).toMatchObject({ isActive: false, revision: 2 });
  });

  it('dos altas a la vez con el mismo NIT: una', async () => {
    const both = await Promise.allSettled([register(), register({ legalName: 'Otro S.A.' })]);

    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'TAX_ID_TAKEN', field: 'taxId' },
    });
  });

  it('una instancia y su operación vuelven como se guardaron, también tras los hechos', async () => {
    const { id: customerId } = await register();
    const instance = await sell(customerId);
    const operation = await inside(({ operations }) => operations.newestOf(instance.id));
    const target = { operationId: operation?.id ?? '', instanceId: instance.id };
    const apply = (fact: Parameters<typeof applyOperationFact>[2]) =>
      applyOperationFact(parts(), { ...operatorCause, messageId: `f${fact.data.n}` }, fact);

    expect(await inside(({ instances }) => instances.get(instance.id))).toMatchObject({
      status: 'PROVISIONING',
    });
    await apply(stepFact({ ...target, n: 1 }, 'reserve', { detail: 'vet-norte' }));
    await apply(failedFact({ ...target, n: 2 }));
    await apply(stepFact({ ...target, n: 3, epoch: 2 }, 'create-database', { attempt: 2 }));
    await apply(provisionedFact({ ...target, n: 4, epoch: 2 }));

    const [found, changed] = await inside(({ instances, operations }) =>
      Promise.all([instances.lock(instance.id), operations.get(target.operationId)]),
    );
    expect(found?.snapshot()).toMatchObject({ status: 'PROVISIONING', version: 5, maxUsers: 25 });
    expect(found?.snapshot().provisionedAt).toBeInstanceOf(Date);
    expect(changed?.data()).toMatchObject({ state: 'SUCCEEDED', lastFact: 4, epoch: 2, failure: null });
    expect(changed?.data().steps.map(({ name, state, attempt }) => `${name} ${state} ${attempt}`)).toEqual([
      'reserve RUNNING 1',
      'create-database RUNNING 2',
      'apply-migrations PENDING 0',
      'seed-tenant PENDING 0',
      'register-namespace PENDING 0',
      'publish-subdomain PENDING 0',
      'activate PENDING 0',
    ]);
  });

  it('el código de instancia es único dentro del cliente, y nada más', async () => {
    const { id: first } = await register();
    const { id: second } = await register({ taxId: '890903938-8' });
    await sell(first);
    await sell(second);

    await expect(sell(first)).rejects.toMatchObject({ code: 'INSTANCE_CODE_TAKEN', field: 'instanceCode' });
  });

  it('cincuenta clics iguales a la vez: una operación, la misma respuesta', async () => {
    const { id } = await register();

    const clicks = await Promise.all(Array.from({ length: 50 }, () => sell(id, { idempotencyKey: 'click' })));

    expect(new Set(clicks.map((instance) => instance.id)).size).toBe(1);
    await expect(sell(id, { idempotencyKey: 'click', instanceCode: 'sur' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    await expect(sell(id)).rejects.toMatchObject({ code: 'INSTANCE_CODE_TAKEN' });
  });

  it('un mensaje ya procesado no se aplica otra vez', async () => {
    let times = 0;
    const react = () =>
      unitOfWork.react({ ...operatorCause, messageId: 'igual' }, async () => {
        times += 1;
        return { events: [], audit: null };
      });

    await react();
    await react();

    expect(times).toBe(1);
  });

  it('varios mensajes juntos se procesan todos o, si alguno ya lo estaba, ninguno', async () => {
    const causes = (...ids: readonly string[]) =>
      ids.map((messageId) => ({ ...operatorCause, actor: 'consumer:junto', messageId }));
    const worked: string[] = [];
    const reactAll = (...ids: readonly string[]): Promise<void> =>
      unitOfWork.reactAll(causes(...ids), async () => {
        worked.push(ids.join('+'));
        return [];
      });

    await reactAll('uno', 'dos');
    await expect(reactAll('tres', 'dos')).rejects.toThrow();
    await reactAll('tres', 'cuatro');

    expect(worked).toEqual(['uno+dos', 'tres+cuatro']);
  });

  it('lo que falla no deja nada, tampoco la marca del mensaje', async () => {
    const cause = { ...operatorCause, messageId: 'cae' };
    const failing = unitOfWork.react(cause, async ({ catalog }) => {
      await catalog.keepPlan(vetProfessional);
      throw new Error('se cayó a media transacción');
    });

    await expect(failing).rejects.toThrow('se cayó');
    expect(await inside(({ catalog }) => catalog.newestPlan('VET_PROFESSIONAL'))).toBeNull();
    let again = false;
    await unitOfWork.react(cause, async () => {
      again = true;
      return { events: [], audit: null };
    });
    expect(again).toBe(true);
  });

  it('la proyección del catálogo ignora lo más viejo', async () => {
    const retiredAt = new Date('2026-04-01T00:00:00.000Z');
    const later = {
      ...vetProfessional,
      planId: idOf(0xb002),
      version: 2,
      publishedAt: new Date('2026-05-01'),
    };

    const seen = await inside(async ({ catalog }) => {
      await catalog.keepProduct({ ...vet, revision: 3, name: 'Nuevo' });
      await catalog.keepProduct({ ...vet, revision: 2, name: 'Viejo' });
      await catalog.keepPlan(vetProfessional);
      await catalog.retirePlan('VET_PROFESSIONAL', retiredAt);
      await catalog.keepPlan(vetProfessional);
      const retired = await catalog.newestPlan('VET_PROFESSIONAL');
      await catalog.keepPlan(later);
      await catalog.retirePlan('VET_PROFESSIONAL', retiredAt);
      const newest = await catalog.newestPlan('VET_PROFESSIONAL');
      return { product: await catalog.product('FARUTECH_VET'), retired, newest };
    });

    expect(seen.product).toMatchObject({ name: 'Nuevo', revision: 3 });
    expect(seen.retired).toEqual({ ...vetProfessional, retiredAt });
    expect(seen.newest).toEqual(later);
  });
});

describe('lo que solo se ve en PostgreSQL', () => {
  it('ni el NIT ni el correo están en claro en ninguna tabla', async () => {
    const unitOfWork = await emptyDatabase();
    const clock = tickingClock();
    await registerCustomer({ unitOfWork, newId: countedIds(), clock }, operatorCause, {
      ...exito,
      idempotencyKey: 'alta',
    });

    for (const table of ['customer', 'outbox', 'audit_entry', 'idempotency_key']) {
      const rows = await database.prisma.$queryRawUnsafe<unknown[]>(`SELECT t::text FROM ${table} t`);
      expect(rows.length, table).toBeGreaterThan(0);
      expect(JSON.stringify(rows), table).not.toMatch(/890900608|facturas@/i);
    }
  });

  it('una baja espera a la venta que empezó antes: después de la baja no se vende nada', async () => {
    const unitOfWork = await emptyDatabase();
    const parts = { unitOfWork, newId: countedIds(), clock: tickingClock() };
    const { id } = await registerCustomer(parts, operatorCause, exito);
    const order: string[] = [];
    let deactivated: Promise<unknown> = Promise.resolve();

    await unitOfWork.react({ ...operatorCause, messageId: 'venta' }, async ({ customers }) => {
      await customers.hold(id);
      deactivated = deactivateCustomer(parts, operatorCause, id).then(() => order.push('baja'));
      await eventually(async () => {
        const [row] = await database.prisma.$queryRaw<{ waiting: number }[]>`
          SELECT count(*)::int AS waiting FROM pg_locks WHERE NOT granted`;
        expect(row?.waiting).toBeGreaterThan(0);
      });
      order.push('venta');
      return { events: [], audit: null };
    });
    await deactivated;

    expect(order).toEqual(['venta', 'baja']);
  });

  it('la fila, el mensaje y la auditoría entran juntos, con el id de correlación', async () => {
    const unitOfWork = await emptyDatabase();
    await registerCustomer({ unitOfWork, newId: countedIds(), clock: tickingClock() }, operatorCause, exito);

    const { prisma } = database;
    expect(await prisma.outbox.findMany()).toMatchObject([
      { name: 'CustomerRegistered', correlationId: operatorCause.correlationId, sentAt: null },
    ]);
    expect(await prisma.auditEntry.findMany()).toMatchObject([
      { action: 'registerCustomer', actor: 'operator', outcome: 'ACCEPTED' },
    ]);
  });
});
