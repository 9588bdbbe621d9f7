import type { MessageDeadLettered } from '@farutech/contracts/dead-letter';
import { describe, expect, it } from 'vitest';
import { failedFact, idOf, operatorCause } from '../testing/builders.ts';
import { sellingWorld } from '../testing/tenancy-parts.ts';
import { discardDeadLetter } from './discard-dead-letter.ts';
import { keepDeadLetter } from './keep-dead-letter.ts';
import { replayDeadLetter } from './replay-dead-letter.ts';

const letter: MessageDeadLettered = {
  messageId: 'm-1',
  worker: 'subscription-tenancy',
  stream: 'EVENT',
  subject: `farutech.event.tenancy.CustomerRegistered.${idOf(7)}`,
  aggregateId: idOf(7),
  correlationId: idOf(0xc7),
  attempts: 5,
  code: 'DATABASE_BROKEN',
  reason: 'no disk',
  payload: {
    id: 'm-1',
    name: 'CustomerRegistered',
    version: 1,
    aggregateId: idOf(7),
    correlationId: idOf(0xc7),
    occurredAt: '2026-03-01T10:00:00.000Z',
    data: { customerId: idOf(7), country: 'CO', isActive: true, revision: 1 },
  },
  deadLetteredAt: '2026-03-01T09:00:00.000Z',
};

async function world() {
  const selling = await sellingWorld();
  const instance = await selling.sell();
  let now = Date.parse('2026-03-01T11:00:00.000Z');
  const parts = { ...selling.parts, clock: () => new Date(now) };
  let delivery = 0;
  const keep = async (rest: Partial<MessageDeadLettered> = {}): Promise<string> => {
    delivery += 1;
    const cause = { ...operatorCause, actor: 'consumer:tenancy-dead-letters', messageId: `dlq:${delivery}` };
    await keepDeadLetter(parts, cause, { ...letter, ...rest });
    return selling.tables.deadLetters.at(-1)?.id ?? '';
  };
  const orderOf = () =>
    selling.tables.outbox.find(({ contract }) => contract.name === 'ProvisionTenantInstance');
  /** La orden de aprovisionar, dada por perdida. */
  const keepOrder = (): Promise<string> =>
    keep({
      messageId: 'orden',
      worker: 'provisioning',
      stream: 'CMD',
      subject: `farutech.cmd.provisioning.${instance.id}`,
      aggregateId: instance.id,
      payload: { ...(letter.payload as object), name: 'ProvisionTenantInstance', data: orderOf()?.data },
    });
  return {
    ...selling,
    parts,
    instance,
    keep,
    keepOrder,
    pass: (ms: number) => {
      now += ms;
    },
    replay: (id: string) => replayDeadLetter(parts, operatorCause, id),
    discard: (id: string, reason = 'ya no hace falta') =>
      discardDeadLetter(parts, operatorCause, { id, reason }),
    operationId: selling.tables.operations[0]?.id ?? '',
  };
}

const illegal = expect.objectContaining({ code: 'ILLEGAL_TRANSITION', field: 'id' });

describe('volver a enviar una carta muerta', () => {
  it('sale el mismo mensaje por donde iba, con otro número y siguiendo la misma petición', async () => {
    const { keep, replay, tables } = await world();
    const id = await keep();
    const before = tables.outbox.length;

    await replay(id);

    const [sent, ...more] = tables.outbox.slice(before);
    expect(more).toEqual([]);
    expect(sent).toMatchObject({
      messageId: `replay:${id}:1`,
      correlationId: idOf(0xc7),
      data: { customerId: idOf(7), revision: 1 },
      contract: { name: 'CustomerRegistered', version: 1, stream: 'EVENT' },
    });
    expect(sent?.contract.subject(sent.data)).toBe(letter.subject);
    expect(sent?.contract.aggregateId(sent.data)).toBe(idOf(7));
    expect(tables.deadLetters[0]).toMatchObject({
      replays: 1,
      replayedAt: new Date('2026-03-01T11:00:00.000Z'),
    });
    expect(tables.audit.at(-1)).toMatchObject({ action: 'replayDeadLetter', entityId: id });
  });

  it('de una versión que aquí no se conoce sale igual: la lee quien la espera, ya actualizado', async () => {
    const { keep, replay, tables } = await world();
    const data = { customerId: idOf(7), countries: ['CO', 'EC'] };
    const id = await keep({
      code: 'UNKNOWN_VERSION',
      attempts: 1,
      payload: { ...(letter.payload as object), version: 2, data },
    });

    await replay(id);

    expect(tables.outbox.at(-1)).toMatchObject({
      messageId: `replay:${id}:1`,
      data,
      contract: { name: 'CustomerRegistered', version: 2, stream: 'EVENT' },
    });
  });

  it('dos clics son un reenvío; pasados diez minutos, uno más es otro', async () => {
    const { keep, replay, pass, tables } = await world();
    const id = await keep();
    await replay(id);
    const after = tables.outbox.length;

    const [a, b] = await Promise.all([replay(id), replay(id)]);
    expect([a.data().replays, b.data().replays, tables.outbox.length]).toEqual([1, 1, after]);

    pass(600_000);
    await replay(id);
    expect(tables.outbox.at(-1)?.messageId).toBe(`replay:${id}:2`);
  });

  it('si el reenvío también se da por perdido, la carta es la misma y vuelve a estar abierta', async () => {
    const { keep, replay, tables } = await world();
    const id = await keep();
    await replay(id);

    const back = {
      messageId: `replay:${id}:1`,
      reason: 'still no disk',
      deadLetteredAt: '2026-03-01T11:01:00.000Z',
    };
    await keep(back);
    await keep(back);

    expect(tables.deadLetters).toHaveLength(1);
    expect(tables.deadLetters[0]).toMatchObject({ replayedAt: null, replays: 1, reason: 'still no disk' });
    await replay(id);
    expect(tables.outbox.at(-1)?.messageId).toBe(`replay:${id}:2`);
    await keep(back);
    expect(tables.deadLetters[0]?.replayedAt, 'el primero llega tarde y no cuenta').not.toBeNull();
  });

  it('si lo da por perdido otro consumidor, esa es una carta suya', async () => {
    const { keep, replay, tables } = await world();
    const id = await keep();
    await replay(id);

    await keep({ messageId: `replay:${id}:1`, worker: 'otro' });

    expect(tables.deadLetters.map(({ worker }) => worker)).toEqual(['subscription-tenancy', 'otro']);
    expect(tables.deadLetters[0]?.replayedAt).not.toBeNull();
  });

  it('la orden de una operación que fracasó por ella la reintenta, y la instancia vuelve a estar en camino', async () => {
    const { keepOrder, replay, tables, operationId } = await world();
    const id = await keepOrder();
    expect(tables.operations[0]?.state).toBe('FAILED');

    await replay(id);

    expect(tables.operations[0]).toMatchObject({ state: 'SCHEDULED', requestNo: 1 });
    expect(tables.instances[0]?.status).toBe('PROVISIONING');
    const order = tables.outbox.find(({ messageId }) => messageId === `replay:${id}:1`);
    expect(order).toMatchObject({
      data: { operationId, requestNo: 1 },
      contract: { name: 'ProvisionTenantInstance' },
    });
    expect(tables.audit.at(-1)?.detail).toMatchObject({ operationId });
  });

  it('mientras la operación está en marcha es OPERATION_IN_PROGRESS, y si acabó bien ya no cabe', async () => {
    const { keepOrder, replay, pass, tables } = await world();
    const id = await keepOrder();
    await replay(id);
    pass(600_000);
    const sent = tables.outbox.length;

    await expect(replay(id)).rejects.toMatchObject({ code: 'OPERATION_IN_PROGRESS', field: 'id' });
    const [known] = tables.operations;
    if (known !== undefined) tables.operations[0] = { ...known, state: 'SUCCEEDED' };
    await expect(replay(id)).rejects.toEqual(illegal);

    expect(tables.outbox).toHaveLength(sent);
    expect(tables.deadLetters[0]?.replays).toBe(1);
  });

  it('después el trabajador cuenta lo suyo como siempre', async () => {
    const { keepOrder, replay, apply, instance, operationId, tables } = await world();
    await replay(await keepOrder());

    await apply(failedFact({ instanceId: instance.id, operationId, n: 1 }));

    expect(tables.operations[0]).toMatchObject({ state: 'FAILED', failure: { code: 'DATABASE_FULL' } });
  });

  it('lo ilegible no se puede volver a enviar, ni lo descartado, ni lo que no está', async () => {
    const { keep, replay, discard } = await world();
    const unreadable = await keep({ messageId: 'x', payload: 'esto no es JSON' });
    const discarded = await keep({ messageId: 'y' });
    await discard(discarded);

    await expect(replay(unreadable)).rejects.toEqual(illegal);
    await expect(replay(discarded)).rejects.toEqual(illegal);
    await expect(replay(idOf(0xdead))).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'id' });
  });
});

describe('descartar una carta muerta', () => {
  it('consta quién y por qué, y solo se puede una vez', async () => {
    const { keep, discard, tables } = await world();
    const id = await keep();

    await discard(id, '  duplicada  ');

    expect(tables.deadLetters[0]).toMatchObject({
      discardReason: 'duplicada',
      discardedAt: expect.any(Date),
    });
    expect(tables.audit.at(-1)).toMatchObject({
      action: 'discardDeadLetter',
      detail: { reason: 'duplicada' },
    });
    await expect(discard(id)).rejects.toEqual(illegal);
  });

  it.each(['', '   ', 'x'.repeat(501)])('sin una razón de 1 a 500 letras no (%#)', async (reason) => {
    const { keep, discard } = await world();

    await expect(discard(await keep(), reason)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      field: 'reason',
    });
  });
});
