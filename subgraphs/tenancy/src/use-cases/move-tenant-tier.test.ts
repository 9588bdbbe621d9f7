import { describe, expect, it } from 'vitest';
import {
  compensatedFact,
  failedFact,
  homeMovedFact,
  preparedFact,
  succeededFact,
  waitsFact,
} from '../testing/builders.ts';
import { livingWorld } from '../testing/living-world.ts';

const reverted = { step: 'confirm', code: 'MOVE_REVERTED', message: 'The move was taken back.' };

describe('un traslado', () => {
  it('prepara la otra casa, se muda, espera con la de antes a mano y confirmarlo la olvida', async () => {
    const { act, apply, target, of, home, messages, tables, orders } = await livingWorld();
    const { operation } = await act.move();
    const at = target(operation.id);

    await apply(preparedFact({ ...at, n: 1 }));
    expect(home()).toMatchObject({
      databaseId: 'shared',
      other: { databaseId: 't_norte', databaseTier: 'ENTERPRISE' },
    });
    await apply(homeMovedFact({ ...at, n: 2 }, 2));
    expect(home()).toMatchObject({ databaseId: 't_norte', epoch: 2, other: { databaseId: 'shared' } });
    expect(tables.instances[0]?.databaseTier).toBe('ENTERPRISE');
    await apply(waitsFact({ ...at, n: 3 }));
    expect(of(operation.id)).toMatchObject({
      state: 'AWAITING_CONFIRMATION',
      finishedAt: null,
      confirmBy: new Date('2026-03-02T10:00:09.000Z'),
    });

    await act.confirm(operation.id);
    expect(of(operation.id)).toMatchObject({ state: 'RUNNING', confirmBy: null });
    await apply(succeededFact({ ...at, n: 4 }));

    expect(of(operation.id).state).toBe('SUCCEEDED');
    expect(home()).toMatchObject({ databaseId: 't_norte', other: null });
    expect(orders().map(([name]) => name)).toEqual(['MoveTenantTier', 'ConfirmTenantMove']);
    expect(orders()[0]?.[1]).toMatchObject({ databaseTier: 'STANDARD', to: 'ENTERPRISE' });
    expect(messages().slice(-5)).toEqual([
      'ACTIVE Moving was requested',
      'ACTIVE Its data lives in a database of its own now',
      'ACTIVE The move waits to be confirmed or taken back',
      'ACTIVE The move was confirmed; ending the way back',
      'ACTIVE The move is done; there is no way back any more',
    ]);
  });

  it('tomado de vuelta, los datos viven donde antes y la operación acaba COMPENSATED sin que nada fallara', async () => {
    const { apply, act, of, home, messages, tables, waiting } = await livingWorld();
    const { operationId, at } = await waiting();

    await act.revert(operationId);
    expect(of(operationId).state).toBe('COMPENSATING');
    await apply(homeMovedFact({ ...at, n: 4 }, 3, 'STANDARD'));
    expect(home()).toMatchObject({ databaseId: 'shared', other: { databaseId: 't_norte' } });
    await apply(compensatedFact({ ...at, n: 5 }, reverted));

    expect(home()).toMatchObject({ databaseId: 'shared', epoch: 3, other: null });
    expect(tables.instances[0]).toMatchObject({ databaseTier: 'STANDARD', status: 'ACTIVE' });
    expect(of(operationId)).toMatchObject({ state: 'COMPENSATED', failure: { code: 'MOVE_REVERTED' } });
    expect(messages().at(-1)).toBe('ACTIVE The move was taken back');
  });

  it('se decide una vez: la segunda decisión, la misma u otra, se rechaza', async () => {
    const { act, waiting, orders } = await livingWorld();
    const { operationId } = await waiting();

    const both = await Promise.allSettled([act.confirm(operationId), act.revert(operationId)]);

    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(both[1]).toMatchObject({ reason: { code: 'ILLEGAL_TRANSITION', field: 'operationId' } });
    await expect(act.confirm(operationId)).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    expect(orders().map(([name]) => name)).toEqual(['MoveTenantTier', 'ConfirmTenantMove']);
  });

  it('mientras espera se apaga y se enciende; ni baja, ni otro traslado, ni decidir con eso en marcha', async () => {
    const { act, finish, waiting, tables } = await livingWorld();
    const { operationId } = await waiting();

    for (const refused of [act.decommission, act.move, act.migrate]) {
      await expect(refused()).rejects.toMatchObject({ code: 'OPERATION_IN_PROGRESS' });
    }
    const { operation } = await act.suspend();
    await expect(act.confirm(operationId)).rejects.toMatchObject({
      code: 'OPERATION_IN_PROGRESS',
      field: 'operationId',
    });
    await finish(operation.id);
    await act.confirm(operationId);

    expect(tables.instances[0]?.status).toBe('SUSPENDED');
  });

  it('no se confirma mientras un cambio anunciado en la casa de antes no se haya aclarado', async () => {
    const { act, waiting, tables, instance, of } = await livingWorld();
    const { operationId } = await waiting();
    tables.writes = [{ instanceId: instance.id, databaseId: 'shared' }];

    await expect(act.confirm(operationId)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'A change of this tenant is still being settled. Try again in a moment.',
    });
    expect(of(operationId).state).toBe('AWAITING_CONFIRMATION');
    tables.writes = [{ instanceId: instance.id, databaseId: 't_norte' }];
    await act.confirm(operationId);

    expect(of(operationId).state).toBe('RUNNING');
  });

  it('al nivel en que ya vive no se traslada', async () => {
    const { act } = await livingWorld();

    await expect(act.move('STANDARD')).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION', field: 'to' });
  });

  it('una casa más vieja que la que consta no la cambia', async () => {
    const { apply, waiting, home, tables } = await livingWorld();
    const { at } = await waiting();

    await apply(homeMovedFact({ ...at, n: 4 }, 2, 'STANDARD'));

    expect(home()).toMatchObject({ databaseId: 't_norte', epoch: 2 });
    expect(tables.instances[0]?.databaseTier).toBe('ENTERPRISE');
  });

  it('si se deshace antes del cambio de casa, la que preparó se olvida', async () => {
    const { act, apply, target, home } = await livingWorld();
    const at = target((await act.move()).operation.id);
    await apply(preparedFact({ ...at, n: 1 }));

    await apply(compensatedFact({ ...at, n: 2 }));

    expect(home()).toMatchObject({ databaseId: 'shared', epoch: 1, other: null });
  });

  it('si agota sus intentos, la otra casa sigue a mano, y nada más toca esos datos hasta que se reintente', async () => {
    const { act, apply, target, home } = await livingWorld();
    const at = target((await act.move()).operation.id);
    await apply(preparedFact({ ...at, n: 1 }));
    await apply(failedFact({ ...at, n: 2 }, 'copy'));

    expect(home().other).toEqual({
      databaseId: 't_norte',
      databaseTier: 'ENTERPRISE',
      connectionCipher: 'cifrado',
    });
    for (const refused of [act.move, act.migrate]) {
      await expect(refused()).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    }
    expect((await act.retry(at.operationId)).data().state).toBe('SCHEDULED');
  });
});
