import { describe, expect, it } from 'vitest';
import {
  compensatedFact,
  failedFact,
  homeMovedFact,
  idOf,
  provisionedFact,
  stepFact,
} from '../testing/builders.ts';
import { livingWorld } from '../testing/living-world.ts';

const reverted = { step: 'confirm', code: 'MOVE_REVERTED', message: 'The move was taken back.' };

describe('reintentar', () => {
  it('FAILED sigue por su primer paso sin hacer, con la petición siguiente', async () => {
    const { apply, act, born, of, orders, messages, tables } = await livingWorld({ born: false });
    await apply(stepFact({ ...born, n: 1 }, 'reserve', { state: 'DONE' }));
    await apply(failedFact({ ...born, n: 2 }));

    await act.retry(born.operationId);

    expect(of(born.operationId)).toMatchObject({
      state: 'RUNNING',
      requestNo: 1,
      attempt: 0,
      failure: null,
      finishedAt: null,
    });
    expect(
      of(born.operationId)
        .steps.slice(0, 2)
        .map(({ state }) => state),
    ).toEqual(['DONE', 'PENDING']);
    expect(tables.instances[0]?.status).toBe('PROVISIONING');
    expect(messages().at(-1)).toBe('PROVISIONING Provisioning was requested again');
    expect(orders().at(-1)).toMatchObject([
      'ProvisionTenantInstance',
      { requestNo: 1, planCode: 'VET_PROFESSIONAL' },
    ]);
    await apply(provisionedFact({ ...born, n: 3, epoch: 2 }));
    expect(of(born.operationId).state).toBe('SUCCEEDED');
  });

  it('COMPENSATED empieza otra vez por el primero', async () => {
    const { apply, act, born, of } = await livingWorld({ born: false });
    await apply(stepFact({ ...born, n: 1 }, 'reserve', { state: 'UNDONE' }, 'COMPENSATING'));
    await apply(compensatedFact({ ...born, n: 2 }));

    await act.retry(born.operationId);

    expect(of(born.operationId)).toMatchObject({ state: 'SCHEDULED', requestNo: 1 });
    expect(new Set(of(born.operationId).steps.map(({ state }) => state))).toEqual(new Set(['PENDING']));
  });

  it('veinte clics en reintentar: una petición nueva', async () => {
    const { apply, act, born, of, orders } = await livingWorld({ born: false });
    await apply(failedFact({ ...born, n: 1 }));

    const clicks = await Promise.allSettled(Array.from({ length: 20 }, () => act.retry(born.operationId)));

    expect(clicks.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(clicks[1]).toMatchObject({ reason: { code: 'OPERATION_IN_PROGRESS', field: 'operationId' } });
    expect(of(born.operationId).requestNo).toBe(1);
    expect(orders()).toHaveLength(1);
  });

  it('lo que acabó bien, o lo que ya no cabe en el estado de la instancia, no se reintenta', async () => {
    const { act, apply, finish, target, born } = await livingWorld();
    await expect(act.retry(born.operationId)).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    const { operation } = await act.suspend();
    await apply(failedFact({ ...target(operation.id), n: 1 }, 'scale-down'));
    await finish((await act.decommission()).operation.id);

    await expect(act.retry(operation.id)).rejects.toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      field: 'operationId',
    });
    await expect(act.retry(idOf(0xdead))).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'operationId' });
  });

  it('no mientras otra de la instancia está en marcha', async () => {
    const { act, apply, target } = await livingWorld();
    const { operation } = await act.migrate();
    await apply(failedFact({ ...target(operation.id), n: 1 }, 'apply-migrations'));
    await act.suspend();

    await expect(act.retry(operation.id)).rejects.toMatchObject({ code: 'OPERATION_IN_PROGRESS' });
  });

  it('un traslado que falló tras mudarse sigue con el viaje que se pidió, y la decisión tomada va detrás', async () => {
    const { act, apply, waiting, orders, of } = await livingWorld();
    const { operationId, at } = await waiting();
    await act.confirm(operationId);
    await apply(failedFact({ ...at, n: 4 }, 'confirm'));

    await act.retry(operationId);

    expect(orders().slice(-2)).toMatchObject([
      ['MoveTenantTier', { databaseTier: 'STANDARD', to: 'ENTERPRISE', requestNo: 1 }],
      ['ConfirmTenantMove', { operationId }],
    ]);
    expect(of(operationId).order).toMatchObject({
      name: 'ConfirmTenantMove',
      after: { name: 'MoveTenantTier', data: { requestNo: 1 } },
    });
  });

  it('uno que se tomó de vuelta empieza de nuevo, sin la decisión de antes', async () => {
    const { act, apply, waiting, orders, of } = await livingWorld();
    const { operationId, at } = await waiting();
    await act.revert(operationId);
    await apply(homeMovedFact({ ...at, n: 4 }, 3, 'STANDARD'));
    await apply(compensatedFact({ ...at, n: 5 }, reverted));

    await act.retry(operationId);

    expect(orders().slice(2)).toMatchObject([
      ['MoveTenantTier', { databaseTier: 'STANDARD', to: 'ENTERPRISE', requestNo: 1 }],
    ]);
    expect(of(operationId).order?.after).toBeUndefined();
  });

  it('la operación de antes de que se guardara su orden se reintenta con lo que dice su instancia', async () => {
    const { apply, act, born, tables, orders } = await livingWorld({ born: false });
    await apply(failedFact({ ...born, n: 1 }));
    tables.operations = tables.operations.map((one) => ({ ...one, order: null }));

    await act.retry(born.operationId);

    expect(orders()).toMatchObject([['ProvisionTenantInstance', { requestNo: 1, maxUsers: 25 }]]);
  });
});
