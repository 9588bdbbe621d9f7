import type { MessageDeadLettered } from '@farutech/contracts/dead-letter';
import { OutOfOrderError } from '@farutech/kernel/errors';
import { describe, expect, it } from 'vitest';
import { failedFact, idOf, operatorCause, provisionedFact } from '../testing/builders.ts';
import { livingWorld } from '../testing/living-world.ts';
import { sellingWorld } from '../testing/tenancy-parts.ts';
import { keepDeadLetter } from './keep-dead-letter.ts';
import { retryOperation } from './retry-operation.ts';

const letterOf = (name: string, data: unknown): MessageDeadLettered => ({
  messageId: 'order-2',
  worker: 'provisioning',
  stream: 'CMD',
  subject: 'farutech.cmd.provisioning.x',
  aggregateId: idOf(1),
  correlationId: idOf(0xc1),
  attempts: 5,
  code: 'TIMEOUT',
  reason: 'no answer',
  payload: {
    id: 'order-2',
    name,
    version: 1,
    aggregateId: idOf(1),
    correlationId: idOf(0xc1),
    occurredAt: '2026-03-01T10:00:00.000Z',
    data,
  },
  deadLetteredAt: '2026-03-01T09:00:00.000Z',
});

async function world() {
  const selling = await sellingWorld();
  const instance = await selling.sell();
  const operationId = selling.tables.operations[0]?.id ?? '';
  const command = selling.tables.outbox.find(({ contract }) => contract.name === 'ProvisionTenantInstance');
  const letter: MessageDeadLettered = {
    messageId: 'order-1',
    worker: 'provisioning',
    stream: 'CMD',
    subject: `farutech.cmd.provisioning.${instance.id}`,
    aggregateId: instance.id,
    correlationId: idOf(0xc1),
    attempts: 5,
    code: 'DATABASE_UNREACHABLE',
    reason: 'connect ECONNREFUSED',
    payload: {
      id: 'order-1',
      name: 'ProvisionTenantInstance',
      version: 1,
      aggregateId: instance.id,
      correlationId: idOf(0xc1),
      occurredAt: '2026-03-01T10:00:00.000Z',
      data: command?.data,
    },
    deadLetteredAt: '2026-03-01T09:59:00.000Z',
  };
  let delivery = 0;
  const keep = (rest: Partial<MessageDeadLettered> = {}) => {
    delivery += 1;
    const cause = { ...operatorCause, actor: 'consumer:tenancy-dead-letters', messageId: `dlq:${delivery}` };
    return keepDeadLetter(selling.parts, cause, { ...letter, ...rest });
  };
  return { ...selling, keep, target: { operationId, instanceId: instance.id } };
}

describe('una carta muerta', () => {
  it('si es la orden de aprovisionar, la operación fracasa con una razón que se entiende', async () => {
    const { keep, tables } = await world();

    await keep();

    expect(tables.deadLetters).toHaveLength(1);
    expect(tables.operations[0]).toMatchObject({
      state: 'FAILED',
      failure: {
        step: 'reserve',
        code: 'DATABASE_UNREACHABLE',
        message: 'The order was tried 5 times and given up: connect ECONNREFUSED',
      },
    });
    expect(tables.feed.at(-1)).toMatchObject({ version: 2, status: 'FAILED' });
    expect(tables.feed.at(-1)?.message).toContain('ECONNREFUSED');
  });

  it('si acaba de morir, se espera a que el trabajador diga cómo acabó', async () => {
    const { keep, tables } = await world();

    const early = keep({ deadLetteredAt: '2026-03-01T10:00:00.000Z' });

    await expect(early).rejects.toBeInstanceOf(OutOfOrderError);
    expect(tables.operations[0]?.state).toBe('SCHEDULED');
    expect(tables.deadLetters).toEqual([]);
  });

  it('la de una petición que ya se reintentó no la hace fracasar otra vez', async () => {
    const { keep, parts, tables, target, apply } = await world();
    await apply(failedFact({ ...target, n: 1 }));
    await retryOperation(parts, operatorCause, target.operationId);

    await keep();

    expect(tables.deadLetters).toHaveLength(1);
    expect(tables.operations[0]).toMatchObject({ state: 'SCHEDULED', requestNo: 1 });
  });

  it('dos veces la misma es una fila', async () => {
    const { keep, tables } = await world();

    await keep();
    await keep();

    expect(tables.deadLetters).toHaveLength(1);
    expect(tables.feed).toHaveLength(2);
  });

  it('de lo que ya acabó se guarda, y no cambia nada', async () => {
    const { keep, apply, tables, target } = await world();
    await apply(provisionedFact({ ...target, n: 1 }));

    await keep();

    expect(tables.deadLetters).toHaveLength(1);
    expect(tables.operations[0]?.state).toBe('SUCCEEDED');
  });

  it('después el trabajador dice lo suyo, y vale', async () => {
    const { keep, apply, tables, target } = await world();

    await keep();
    await apply(failedFact({ ...target, n: 1 }));

    expect(tables.operations[0]).toMatchObject({ state: 'FAILED', failure: { code: 'DATABASE_FULL' } });
    expect(tables.feed.map(({ version }) => version)).toEqual([1, 2, 3]);
  });

  it('la de cualquier otro mensaje solo se guarda', async () => {
    const { keep, tables } = await world();

    await keep({ stream: 'EVENT', worker: 'subscription-catalog' });
    await keep({ payload: 'no es JSON', worker: 'otro' });

    expect(tables.deadLetters).toHaveLength(2);
    expect(tables.operations[0]?.state).toBe('SCHEDULED');
  });
});

describe('la carta de cualquier otra orden', () => {
  const keep = (parts: Parameters<typeof keepDeadLetter>[0], letter: MessageDeadLettered) =>
    keepDeadLetter(
      parts,
      { ...operatorCause, actor: 'consumer:tenancy-dead-letters', messageId: 'dlq' },
      letter,
    );

  it.each(['suspend', 'decommission', 'move', 'migrate'] as const)(
    'la de %s: la operación fracasa y la instancia sigue como estaba',
    async (kind) => {
      const { act, orders, of, parts, tables } = await livingWorld();
      const { operation } = await act[kind]();
      const [name, data] = orders()[0] ?? ['', {}];

      await keep(parts, letterOf(name, data));

      expect(of(operation.id)).toMatchObject({ state: 'FAILED', failure: { code: 'TIMEOUT' } });
      expect(tables.instances[0]?.status).toBe('ACTIVE');
    },
  );

  it('la de una decisión: el traslado fracasa, y reintentarlo la vuelve a dar', async () => {
    const { act, waiting, of, parts, orders, born } = await livingWorld();
    const { operationId } = await waiting();
    await act.confirm(operationId);

    await keep(parts, letterOf('ConfirmTenantMove', { operationId, instanceId: born.instanceId }));
    expect(of(operationId).state).toBe('FAILED');
    await act.retry(operationId);

    expect(
      orders()
        .slice(-2)
        .map(([name]) => name),
    ).toEqual(['MoveTenantTier', 'ConfirmTenantMove']);
  });

  it('un traslado que espera ya cumplió su orden: su carta tardía no lo toca', async () => {
    const { waiting, orders, of, parts } = await livingWorld();
    const { operationId } = await waiting();
    const [name, data] = orders()[0] ?? ['', {}];

    await keep(parts, letterOf(name, data));

    expect(of(operationId).state).toBe('AWAITING_CONFIRMATION');
  });
});
