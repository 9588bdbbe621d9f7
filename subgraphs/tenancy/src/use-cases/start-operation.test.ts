import { describe, expect, it } from 'vitest';
import {
  compensatedFact,
  failedFact,
  idOf,
  provisionedFact,
  stepFact,
  succeededFact,
  viewerOf,
} from '../testing/builders.ts';
import { livingWorld } from '../testing/living-world.ts';

describe('apagar, encender y dar de baja', () => {
  it('apagar deja la instancia SUSPENDED cuando el trabajador acaba, y consta por qué', async () => {
    const { act, of, finish, messages, tables, instance } = await livingWorld();

    const { operation } = await act.suspend('  Mora de 60 días ');
    expect(tables.instances[0]?.status).toBe('ACTIVE');
    expect(of(operation.id)).toMatchObject({ kind: 'SUSPEND', state: 'SCHEDULED', requestNo: 0 });
    await finish(operation.id);

    expect(tables.instances[0]?.status).toBe('SUSPENDED');
    expect(messages().slice(-2)).toEqual([
      'ACTIVE Suspending was requested',
      'SUSPENDED The instance is suspended',
    ]);
    expect(tables.audit.find(({ action }) => action === 'suspendTenantInstance')).toMatchObject({
      entityId: instance.id,
      outcome: 'ACCEPTED',
      detail: { operationId: operation.id, reason: 'Mora de 60 días' },
    });
    expect(tables.audit.at(-1)).toMatchObject({
      action: 'OperationSucceeded',
      detail: { status: 'SUSPENDED' },
    });
  });

  it('la orden lleva la instancia como está, y es la que la operación guarda', async () => {
    const { act, of, orders, instance } = await livingWorld();

    const { operation } = await act.suspend();

    const { instanceCode, globalInstanceId, kubernetesNamespace, subdomainUrl } = instance.snapshot();
    const data = {
      operationId: operation.id,
      instanceId: instance.id,
      customerId: instance.snapshot().customerId,
      productCode: 'FARUTECH_VET',
      databaseTier: 'STANDARD',
      ...{ instanceCode, globalInstanceId, kubernetesNamespace, subdomainUrl },
      requestNo: 0,
    };
    expect(orders()).toEqual([['SuspendTenantInstance', data]]);
    expect(of(operation.id).order).toEqual({ name: 'SuspendTenantInstance', version: 1, data });
  });

  it('encender la devuelve a ACTIVE', async () => {
    const { act, finish, tables } = await livingWorld();
    await finish((await act.suspend()).operation.id);

    await finish((await act.resume()).operation.id);

    expect(tables.instances[0]?.status).toBe('ACTIVE');
  });

  it('una baja la deja DECOMMISSIONED y sin casa; después no se puede nada', async () => {
    const { act, finish, tables } = await livingWorld();
    expect(tables.homes).toHaveLength(1);

    await finish((await act.decommission()).operation.id);

    expect(tables.instances[0]?.status).toBe('DECOMMISSIONED');
    expect(tables.homes).toEqual([]);
    for (const again of [act.suspend, act.resume, act.decommission, act.move, act.migrate]) {
      await expect(again()).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    }
  });

  it('lo que falló al nacer se da de baja; lo que está naciendo, no', async () => {
    const { act, apply, born, tables } = await livingWorld({ born: false });
    await expect(act.decommission()).rejects.toMatchObject({ code: 'OPERATION_IN_PROGRESS', field: 'id' });
    await apply(failedFact({ ...born, n: 1 }));

    const { operation } = await act.decommission();
    await apply(succeededFact({ ...born, operationId: operation.id, n: 1 }));

    expect(tables.instances[0]?.status).toBe('DECOMMISSIONED');
  });

  it('si el trabajador seguía vivo y la acaba de hacer nacer, la baja que iba detrás la quita igual', async () => {
    const { act, apply, born, tables } = await livingWorld({ born: false });
    await apply(failedFact({ ...born, n: 1 }));
    const { operation } = await act.decommission();

    await apply(stepFact({ ...born, n: 2 }, 'create-database'));
    await apply(provisionedFact({ ...born, n: 3 }));
    expect(tables.instances[0]?.status).toBe('PROVISIONING');
    await apply(succeededFact({ ...born, operationId: operation.id, n: 1 }));

    expect(tables.instances[0]?.status).toBe('DECOMMISSIONED');
    expect(tables.homes).toEqual([]);
  });

  it.each([
    ['vacía', '  '],
    ['de 501 letras', 'x'.repeat(501)],
    ['con un carácter nulo', 'mora\0'],
    ['con medio carácter', 'mora\uD800'],
  ])('una razón %s se rechaza', async (_, reason) => {
    const { act, tables } = await livingWorld();

    await expect(act.suspend(reason)).rejects.toMatchObject({ code: 'VALIDATION_FAILED', field: 'reason' });
    await expect(act.decommission(reason)).rejects.toMatchObject({ field: 'reason' });
    expect(tables.operations).toHaveLength(1);
  });

  it('quien administra a un cliente apaga las suyas; las de otro no existen para él', async () => {
    const { act, instance } = await livingWorld();
    const own = viewerOf('CUSTOMER_ADMIN', { tenantId: instance.snapshot().customerId });
    const stranger = viewerOf('CUSTOMER_ADMIN', { tenantId: idOf(0xdead) });

    await expect(act.suspend('Vacaciones', stranger)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'id',
    });
    expect((await act.suspend('Vacaciones', own)).operation.data().state).toBe('SCHEDULED');
  });
});

describe('una a la vez', () => {
  it('cincuenta clics a la vez en apagar: una operación, una orden', async () => {
    const { act, orders, tables } = await livingWorld();

    const clicks = await Promise.allSettled(Array.from({ length: 50 }, () => act.suspend()));

    const refused = clicks.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(49);
    for (const one of refused)
      expect(one).toMatchObject({ reason: { code: 'OPERATION_IN_PROGRESS', field: 'id' } });
    expect(tables.operations.filter(({ kind }) => kind === 'SUSPEND')).toHaveLength(1);
    expect(orders()).toHaveLength(1);
  });

  it('mientras una está en marcha, las demás se rechazan y no dejan nada', async () => {
    const { act, tables } = await livingWorld();
    await act.migrate();
    const before = { feed: tables.feed.length, audit: tables.audit.length, outbox: tables.outbox.length };

    for (const refused of [act.suspend, act.decommission, act.move, act.migrate]) {
      await expect(refused()).rejects.toMatchObject({ code: 'OPERATION_IN_PROGRESS' });
    }

    expect({ feed: tables.feed.length, audit: tables.audit.length, outbox: tables.outbox.length }).toEqual(
      before,
    );
  });

  it('una que fracasó o se deshizo no estorba, y solo un PROVISION deja la instancia FAILED', async () => {
    const { act, apply, target, tables } = await livingWorld();
    const { operation } = await act.migrate();
    await apply(compensatedFact({ ...target(operation.id), n: 1 }));

    expect(tables.instances[0]?.status).toBe('ACTIVE');
    expect((await act.migrate()).operation.id).not.toBe(operation.id);
  });
});
