import { describe, expect, it } from 'vitest';
import { idOf, operatorCause, provisionedFact } from '../testing/builders.ts';
import { sellingWorld } from '../testing/tenancy-parts.ts';
import { replayDeadLetter } from './replay-dead-letter.ts';
import { maxRings, ringOperation } from './ring-operation.ts';
import { type SweepParts, sweep } from './sweep.ts';

const sweepAfterMs = 60_000;
const cause = { actor: 'schedule:sweep', correlationId: operatorCause.correlationId };

/** Una instancia recién vendida, y un reloj que se mueve a mano. */
async function world() {
  const selling = await sellingWorld();
  const instance = await selling.sell();
  const operationId = selling.tables.operations[0]?.id ?? '';
  let now = Date.parse('2026-03-01T11:00:00.000Z');
  const parts = { ...selling.parts, sweepAfterMs, clock: () => new Date(now) };
  const operation = () => selling.tables.operations[0];
  const told = () =>
    selling.tables.outbox.filter(({ contract }) => contract.name === 'ProvisionTenantInstance');
  return {
    ...selling,
    parts,
    operation,
    told,
    instance,
    target: { operationId, instanceId: instance.id },
    pass: (ms: number) => {
      now += ms;
    },
    /** Llega un hecho ahora mismo. */
    hear: () => {
      const [known] = selling.tables.operations;
      if (known === undefined) throw new Error('sin operación');
      selling.tables.operations[0] = { ...known, lastFact: known.lastFact + 1, movedAt: new Date(now) };
    },
    ring: () => ringOperation(parts, cause, operationId),
  };
}

describe('llamar otra vez', () => {
  it('a la que calla se le da la misma orden con otro número, y a subscription lo vendido', async () => {
    const { ring, told, tables, operation, target } = await world();
    const [first] = told();

    expect(await ring()).toBe('rung');

    const [, again] = told();
    expect(again?.data).toEqual(first?.data);
    expect(again?.messageId).toBe(`${target.operationId}:r0.0.1`);
    expect(tables.outbox.filter(({ contract }) => contract.name === 'TenantInstanceRequested')).toHaveLength(
      2,
    );
    expect(operation()).toMatchObject({ state: 'SCHEDULED', rung: 1 });
    expect(tables.audit.at(-1)).toMatchObject({ action: 'ringOperation', detail: { rung: 1 } });
  });

  it('no se vuelve a llamar antes de tiempo, ni a la que acaba de dar señales', async () => {
    const { ring, pass, hear, told } = await world();
    await ring();

    pass(sweepAfterMs - 1);
    expect(await ring()).toBe('not needed');
    pass(1);
    expect(await ring()).toBe('rung');
    pass(sweepAfterMs);
    hear();
    expect(await ring()).toBe('not needed');

    expect(told().map(({ messageId }) => messageId?.slice(-6))).toEqual([undefined, 'r0.0.1', 'r0.0.2']);
  });

  it('cada hecho pone la cuenta a cero, y ningún identificador se repite', async () => {
    const { ring, pass, hear, told, operation } = await world();
    for (let times = 0; times < 3; times += 1) {
      await ring();
      pass(sweepAfterMs);
    }
    hear();
    pass(sweepAfterMs);

    await ring();

    expect(operation()?.rung).toBe(1);
    const ids = told().map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.at(-1)).toMatch(/:r0\.1\.1$/);
  });

  it('tras veinte llamadas sin respuesta fracasa con NEVER_ENDED y deja su orden en las cartas muertas', async () => {
    const { ring, pass, told, tables, operation, target } = await world();
    for (let times = 1; times <= maxRings; times += 1) {
      expect(await ring()).toBe('rung');
      pass(sweepAfterMs);
    }

    expect(await ring()).toBe('given up');
    pass(sweepAfterMs);
    expect(await ring()).toBe('not needed');

    expect(told()).toHaveLength(1 + maxRings);
    expect(operation()).toMatchObject({ state: 'FAILED', failure: { step: 'reserve', code: 'NEVER_ENDED' } });
    expect(tables.feed.at(-1)).toMatchObject({ status: 'FAILED' });
    expect(tables.deadLetters).toMatchObject([
      {
        worker: 'provisioning',
        stream: 'CMD',
        code: 'NEVER_ENDED',
        attempts: maxRings,
        subject: `farutech.cmd.provisioning.${target.instanceId}`,
        payload: { name: 'ProvisionTenantInstance', data: { operationId: target.operationId } },
      },
    ]);
    expect(tables.audit.at(-1)).toMatchObject({ action: 'operationGivenUp' });
  });

  it('esa carta, vuelta a enviar, pone la operación en marcha otra vez', async () => {
    const { parts, ring, pass, told, tables, operation } = await world();
    for (let times = 0; times <= maxRings; times += 1) {
      await ring();
      pass(sweepAfterMs);
    }

    await replayDeadLetter(parts, operatorCause, tables.deadLetters[0]?.id ?? '');

    expect(operation()).toMatchObject({ state: 'SCHEDULED', requestNo: 1, failure: null });
    expect(tables.instances[0]?.status).toBe('PROVISIONING');
    expect(told().at(-1)?.data).toMatchObject({ requestNo: 1 });
    pass(sweepAfterMs);
    expect(await ring()).toBe('rung');
    expect(told().at(-1)?.messageId).toMatch(/:r1\.0\.1$/);
  });
});

describe('el barrido', () => {
  const sweepParts = (
    parts: Awaited<ReturnType<typeof world>>['parts'],
    found: Partial<SweepParts>,
  ): SweepParts => ({
    ...parts,
    findStalled: async () => [],
    findUnheard: async () => [],
    onError: () => undefined,
    ...found,
  });
  const never = new AbortController().signal;

  it('una instancia hecha de la que subscription no dijo nada se le cuenta entera otra vez', async () => {
    const { parts, apply, target, tables } = await world();
    await apply(provisionedFact({ ...target, n: 1 }));
    const before = tables.outbox.length;

    const said = await sweep(
      sweepParts(parts, { findUnheard: async () => [{ id: target.operationId, correlationId: idOf(1) }] }),
      new Date(),
      never,
    );

    expect(said).toBe('rung 0, given up 0, told again 1');
    const again = tables.outbox.slice(before);
    expect(again.map(({ contract }) => contract.name)).toEqual([
      'TenantInstanceRequested',
      'TenantInstanceProvisioned',
    ]);
    expect(again[1]?.data).toMatchObject({ n: 1, instanceId: target.instanceId });
  });

  it('una que no se puede atender no detiene a las demás, y consta', async () => {
    const { parts, target } = await world();
    const failed: string[] = [];

    const said = await sweep(
      sweepParts(parts, {
        findStalled: async () => [
          { id: idOf(0xdead), correlationId: idOf(1) },
          { id: target.operationId, correlationId: idOf(1) },
        ],
        onError: (_error, id) => void failed.push(id),
      }),
      new Date(),
      never,
    );

    expect(said).toBe('rung 1, given up 0, told again 0, failed 1');
    expect(failed).toEqual([idOf(0xdead)]);
  });
});
