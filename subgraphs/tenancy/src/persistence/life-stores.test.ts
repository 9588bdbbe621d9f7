import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { admitFrom } from '../domain/operation-admission.ts';
import type { Stores, TenantPlace, UnitOfWork } from '../domain/ports.ts';
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
  vetProfessional,
  viewerOf,
  waitsFact,
} from '../testing/builders.ts';
import { memoryWorld } from '../testing/memory-stores.ts';
import { startTenancyDatabase, type TenancyDatabase } from '../testing/tenancy-database.ts';
import { applyOperationFact, type OperationFact } from '../use-cases/apply-operation-fact.ts';
import { confirmTenantMove } from '../use-cases/confirm-tenant-move.ts';
import { decommissionTenantInstance } from '../use-cases/decommission-tenant-instance.ts';
import { moveTenantTier } from '../use-cases/move-tenant-tier.ts';
import { provisionTenantInstance } from '../use-cases/provision-tenant-instance.ts';
import { registerCustomer } from '../use-cases/register-customer.ts';
import { retryOperation } from '../use-cases/retry-operation.ts';
import { revertTenantMove } from '../use-cases/revert-tenant-move.ts';
import { suspendTenantInstance } from '../use-cases/suspend-tenant-instance.ts';

let database: TenancyDatabase;
beforeAll(async () => {
  database = await startTenancyDatabase();
}, 60_000);
afterAll(() => database.close());

const admin = viewerOf('PLATFORM_ADMIN');
const shared: TenantPlace = { databaseId: 'shared', databaseTier: 'STANDARD', connectionCipher: null };
const own: TenantPlace = { databaseId: 't_1', databaseTier: 'ENTERPRISE', connectionCipher: 'cifrado' };

async function emptyDatabase(): Promise<UnitOfWork> {
  await database.prisma.$executeRawUnsafe(
    'TRUNCATE customer, outbox, processed_message, audit_entry, idempotency_key CASCADE',
  );
  return database.unitOfWork;
}

/** Una sola batería para las dos: lo que la memoria promete a los casos de uso lo cumple PostgreSQL. */
describe.each([
  ['PostgreSQL', emptyDatabase],
  ['la memoria', async () => memoryWorld().unitOfWork],
])('la vida de una instancia sobre %s', (_name, open) => {
  let parts: Parameters<typeof provisionTenantInstance>[0] & Parameters<typeof applyOperationFact>[0];
  let id = '';
  let provisionId = '';
  let messages = 0;

  async function inside<T>(look: (stores: Stores) => Promise<T>): Promise<T> {
    messages += 1;
    let found: T | undefined;
    await parts.unitOfWork.react({ ...operatorCause, messageId: `look-${messages}` }, async (stores) => {
      found = await look(stores);
      return { events: [], audit: null };
    });
    return found as T;
  }
  const apply = (fact: OperationFact): Promise<void> => {
    messages += 1;
    return applyOperationFact(parts, { ...operatorCause, messageId: `fact-${messages}` }, fact);
  };
  const suspend = () => suspendTenantInstance(parts, operatorCause, admin, { id, reason: 'Mora' });
  const decommission = () => decommissionTenantInstance(parts, operatorCause, admin, { id, reason: 'Se va' });
  const born = () => ({ operationId: provisionId, instanceId: id });
  const operation = (operationId: string) => inside(({ operations }) => operations.get(operationId));

  beforeEach(async () => {
    const unitOfWork = await open();
    const learnOffer = async () => ({ productExists: true, plan: vetProfessional });
    const tenantDomain = 'tenants.farutech.test';
    parts = { unitOfWork, newId: countedIds(), clock: tickingClock(), tenantDomain, learnOffer, moveWarmMs };
    const { id: customerId } = await registerCustomer(parts, operatorCause, exito);
    id = (await provisionTenantInstance(parts, operatorCause, admin, norte(customerId))).id;
    provisionId = (await inside(({ operations }) => operations.newestOf(id)))?.id ?? '';
  });

  /** Nacida del todo, sin pasar por la suscripción: aquí solo cuenta su estado. */
  async function bring(): Promise<void> {
    await apply(provisionedFact({ ...born(), n: 1 }));
    await inside(async ({ instances }) => {
      const instance = await instances.lock(id);
      const { planId, code: planCode, version: planVersion, maxUsers } = vetProfessional;
      instance?.subscriptionActivated({ planId, planCode, planVersion, maxUsers }, 2, null, new Date());
      if (instance !== null) await instances.save(instance);
    });
  }

  it('cincuenta clics a la vez en apagar: exactamente una operación', async () => {
    await bring();

    const clicks = await Promise.allSettled(Array.from({ length: 50 }, suspend));

    const refused = clicks.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(49);
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: 'OPERATION_IN_PROGRESS', field: 'id' });
    const standing = await inside(({ operations }) => operations.standingOf(id));
    expect(standing).toMatchObject([{ kind: 'SUSPEND', state: 'SCHEDULED' }]);
  });

  it('una baja que corre con el nacimiento tiene un solo final: espera, o se rechaza', async () => {
    const [gone, made] = await Promise.allSettled([
      decommission(),
      apply(provisionedFact({ ...born(), n: 1 })),
    ]);

    expect(made.status).toBe('fulfilled');
    // Si llega antes, el nacimiento está en marcha; si después, aún falta la suscripción.
    expect(gone).toMatchObject({ status: 'rejected' });
    expect(['OPERATION_IN_PROGRESS', 'ILLEGAL_TRANSITION']).toContain(
      gone.status === 'rejected' ? gone.reason.code : '',
    );
    expect(await inside(({ operations }) => operations.standingOf(id))).toEqual([]);
  });

  it('una baja que corre con el fracaso del nacimiento: se acepta después, o no se acepta', async () => {
    const [gone, failed] = await Promise.allSettled([decommission(), apply(failedFact({ ...born(), n: 1 }))]);

    expect(failed.status).toBe('fulfilled');
    const standing = await inside(({ operations }) => operations.standingOf(id));
    const kinds = standing.map(({ kind, state }) => `${kind} ${state}`);
    expect(kinds).toEqual(
      gone.status === 'fulfilled' ? ['PROVISION FAILED', 'DECOMMISSION SCHEDULED'] : ['PROVISION FAILED'],
    );
  });

  it('un hecho tardío reabre lo que se dio por fracasado aunque ya haya otra detrás', async () => {
    await apply(failedFact({ ...born(), n: 1 }));
    await decommission();

    await apply(stepFact({ ...born(), n: 2 }, 'create-database'));

    const standing = await inside(({ operations }) => operations.standingOf(id));
    expect(standing.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'PROVISION RUNNING',
      'DECOMMISSION SCHEDULED',
    ]);
  });

  it('un traslado que espera deja apagar a su lado', async () => {
    await bring();
    const { operation: move } = await moveTenantTier(parts, operatorCause, admin, { id, to: 'ENTERPRISE' });
    await apply(waitsFact({ operationId: move.id, instanceId: id, n: 1 }));

    await suspend();

    const standing = await inside(({ operations }) => operations.standingOf(id));
    expect(standing.map(({ state }) => state)).toEqual(['AWAITING_CONFIRMATION', 'SCHEDULED']);
  });

  it('confirmar y volver atrás a la vez: vale una de las dos', async () => {
    await bring();
    const { operation: move } = await moveTenantTier(parts, operatorCause, admin, { id, to: 'ENTERPRISE' });
    await apply(waitsFact({ operationId: move.id, instanceId: id, n: 1 }));

    const decisions = Array.from({ length: 10 }, (_, index) =>
      (index % 2 === 0 ? confirmTenantMove : revertTenantMove)(parts, operatorCause, move.id),
    );
    const outcomes = await Promise.allSettled(decisions);

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const after = (await operation(move.id))?.data();
    expect(['RUNNING', 'COMPENSATING']).toContain(after?.state);
    expect(after?.order?.name).toBe(after?.state === 'RUNNING' ? 'ConfirmTenantMove' : 'RevertTenantMove');
  });

  it('una operación vuelve con su orden, su plazo y la cuenta de su barrendero', async () => {
    await bring();
    const { operation: move } = await moveTenantTier(parts, operatorCause, admin, { id, to: 'ENTERPRISE' });
    await apply(waitsFact({ operationId: move.id, instanceId: id, n: 1 }));
    expect((await operation(move.id))?.data()).toMatchObject({
      confirmBy: new Date('2026-03-02T10:00:09.000Z'),
      order: { name: 'MoveTenantTier', version: 1, data: { operationId: move.id, to: 'ENTERPRISE' } },
      rung: 0,
      rungAt: null,
    });

    await revertTenantMove(parts, operatorCause, move.id);

    const decided = (await operation(move.id))?.data();
    expect(decided).toMatchObject({ confirmBy: null, order: { name: 'RevertTenantMove' } });
    expect(decided?.order?.after).toMatchObject({ name: 'MoveTenantTier', data: { to: 'ENTERPRISE' } });
  });

  it('un reintento deja los pasos como dice, también en su fila', async () => {
    await apply(failedFact({ ...born(), n: 1 }));

    await retryOperation(parts, operatorCause, provisionId);

    expect((await operation(provisionId))?.data()).toMatchObject({
      state: 'SCHEDULED',
      requestNo: 1,
      failure: null,
      order: { data: { requestNo: 1 } },
    });
  });

  it('lo que estorba no incluye lo que acabó hecho o deshecho, ni lo de otra instancia', async () => {
    expect(await inside(({ operations }) => operations.standingOf(id))).toEqual([
      { id: provisionId, kind: 'PROVISION', state: 'SCHEDULED' },
    ]);
    expect(await inside(({ operations }) => operations.standingOf(idOf(0xdead)))).toEqual([]);
    await bring();
    expect(await inside(({ operations }) => operations.standingOf(id))).toEqual([]);
    expect(() => admitFrom('SUSPEND', 'ACTIVE', 'id')).not.toThrow();
  });

  it('una casa se prepara, se cambia por la otra, olvida la de antes y se quita', async () => {
    const see = () => inside(({ homes }) => homes.get(id));
    const move = (place: TenantPlace, epoch: number) => inside(({ homes }) => homes.move(id, place, epoch));
    expect(await see()).toBeNull();
    expect(await move(own, 9)).toBe(false);

    await inside(({ homes }) => homes.put(id, shared));
    expect(await see()).toEqual({ tenantId: id, ...shared, epoch: 1, other: null });
    await inside(({ homes }) => homes.prepare(id, own));
    expect(await see()).toEqual({ tenantId: id, ...shared, epoch: 1, other: own });
    expect(await move(own, 2)).toBe(true);
    expect(await see()).toEqual({ tenantId: id, ...own, epoch: 2, other: shared });
    expect(await move(shared, 2)).toBe(false);
    expect(await see()).toEqual({ tenantId: id, ...own, epoch: 2, other: shared });
    await inside(({ homes }) => homes.forgetOther(id));
    expect(await see()).toEqual({ tenantId: id, ...own, epoch: 2, other: null });
    await inside(({ homes }) => homes.put(id, shared));
    expect(await see()).toEqual({ tenantId: id, ...shared, epoch: 3, other: null });
    await inside(({ homes }) => homes.remove(id));
    expect(await see()).toBeNull();
  });
});

describe('lo que solo se ve en PostgreSQL', () => {
  it('lo anunciado en la casa de antes impide confirmar; lo anunciado en la de ahora, no', async () => {
    const unitOfWork = await emptyDatabase();
    const learnOffer = async () => ({ productExists: true, plan: vetProfessional });
    const tenantDomain = 'tenants.farutech.test';
    const parts = { unitOfWork, newId: countedIds(), clock: tickingClock(), tenantDomain, learnOffer };
    const { id: customerId } = await registerCustomer(parts, operatorCause, exito);
    const { id } = await provisionTenantInstance(parts, operatorCause, admin, norte(customerId));
    const announce = (databaseId: string, n: number) =>
      database.prisma.tenantWrite.create({
        data: {
          id: idOf(0xe000 + n),
          tenantInstanceId: id,
          databaseId,
          transactionId: `${n}`,
          actor: 'operator',
          correlationId: operatorCause.correlationId,
          action: 'addTenantUser',
          entityType: 'TenantInstance',
          entityId: id,
          detail: {},
          at: new Date(),
        },
      });
    let looks = 0;
    const unsettled = async () => {
      looks += 1;
      let found = false;
      await unitOfWork.react({ ...operatorCause, messageId: `mira-${looks}` }, async ({ homes }) => {
        found = await homes.otherIsUnsettled(id);
        return { events: [], audit: null };
      });
      return found;
    };
    await database.prisma.tenantHome.create({
      data: {
        tenantId: id,
        ...own,
        epoch: 2,
        otherDatabaseId: 'shared',
        otherDatabaseTier: 'STANDARD',
      },
    });

    await announce('t_1', 1);
    expect(await unsettled()).toBe(false);
    await announce('shared', 2);
    expect(await unsettled()).toBe(true);
  });
});
