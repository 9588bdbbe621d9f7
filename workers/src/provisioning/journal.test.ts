import { operationSteps } from '@farutech/contracts/provisioning';
import { FencedError } from '@farutech/messaging/consume';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aDelivery,
  aRequest,
  openProvisioningWorld,
  type ProvisioningWorld,
  story,
} from '../testing/provisioning-world.ts';
import type { Claim } from './job.ts';
import { readSteps } from './job-steps.ts';
import type { Journal } from './journal.ts';
import { type OperationRecord, openRecord } from './operation-record.ts';
import type { Engine } from './run-operation.ts';

let world: ProvisioningWorld;
beforeAll(async () => {
  world = await openProvisioningWorld();
}, 60_000);
afterAll(async () => {
  await world?.close();
});

const cause = () => ({ actor: 'consumer:provisioning', ...aDelivery() });
const expireLease = (operationId: string) =>
  world.pool.query(`UPDATE job SET lease_until = now() - interval '1 s' WHERE operation_id = $1`, [
    operationId,
  ]);

/** El primer paso, hecho. */
const done = {
  name: 'reserve',
  state: 'DONE',
  detail: null,
  tellings: [],
  attempt: 1,
  firstTime: true,
} as const;

/** La operación reclamada y abierta para escribir en ella. */
async function opened(engine: Engine, operationId: string): Promise<OperationRecord> {
  const claim = await claimed(engine.journal, operationId);
  return openRecord(engine.journal, engine.clock, claim, await readSteps(world.pool, operationId));
}

async function claimed(journal: Journal, operationId: string): Promise<Claim> {
  const outcome = await journal.claim(operationId, cause());
  if (outcome.kind !== 'mine') throw new Error(`se esperaba reclamarla y está ${outcome.kind}`);
  return outcome.claim;
}

describe('El diario de una operación', () => {
  it('de veinte que la reclaman a la vez la tiene uno', async () => {
    const request = aRequest();
    const workers = Array.from({ length: 20 }, () => world.engine().journal);

    await Promise.all(workers.map((journal) => journal.open('PROVISION', request)));
    const outcomes = await Promise.all(workers.map((journal) => journal.claim(request.operationId, cause())));

    expect(outcomes.filter(({ kind }) => kind === 'mine')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'busy')).toHaveLength(19);
    expect((await readSteps(world.pool, request.operationId)).map(({ name }) => name)).toEqual([
      ...operationSteps.PROVISION,
    ]);
  });

  it('vencido el plazo pasa a otro, y el de antes no cuenta nada más', async () => {
    const request = aRequest();
    const [first, second] = [world.engine(), world.engine()];
    await first.journal.open('PROVISION', request);
    const record = await opened(first, request.operationId);
    await record.begin('reserve');
    const old = record.claim;

    await expireLease(request.operationId);
    const current = await claimed(second.journal, request.operationId);

    expect(current.epoch).toBe(old.epoch + 1);
    await expect(record.begin('create-database', done)).rejects.toBeInstanceOf(FencedError);
    expect(await first.journal.beat(old)).toBe(false);
    expect(await first.journal.isMine(old)).toBe(false);
    await expect(first.journal.guarded(old, async () => 1)).rejects.toBeInstanceOf(FencedError);
    expect(story(await world.factsOf(request.operationId))).toEqual(['reserve RUNNING']);
  });

  it('el latido alarga el plazo: mientras late, nadie se la lleva', async () => {
    const request = aRequest();
    const [owner, other] = [world.engine({ leaseMs: 60_000 }), world.engine()];
    await owner.journal.open('PROVISION', request);
    const claim = await claimed(owner.journal, request.operationId);
    await expireLease(request.operationId);

    expect(await owner.journal.beat(claim)).toBe(true);

    const outcome = await other.journal.claim(request.operationId, cause());
    expect(outcome.kind).toBe('busy');
    expect(outcome.kind === 'busy' && outcome.leaseMs).toBeGreaterThan(50_000);
  });

  it('soltada para que alguien decida, un latido tardío no la ata: quien venga la toma enseguida', async () => {
    const request = aRequest();
    const [owner, other] = [world.engine({ leaseMs: 60_000 }), world.engine()];
    await owner.journal.open('PROVISION', request);
    const record = await opened(owner, request.operationId);
    await record.waiting('reserve');

    expect(await owner.journal.beat(record.claim)).toBe(false);
    await other.journal.decide(request.operationId, 'confirm');

    expect((await claimed(other.journal, request.operationId)).confirmed).toBe(true);
  });

  it('quien murió a medio paso no gasta un intento; quien falla, sí', async () => {
    const request = aRequest();
    const [first, second, third] = [world.engine(), world.engine(), world.engine()];
    await first.journal.open('PROVISION', request);
    await (await opened(first, request.operationId)).begin('reserve');
    await expireLease(request.operationId);
    const record = await opened(second, request.operationId);

    expect(await record.begin('reserve')).toBe(1);
    const { attempt } = record.claim;
    const failure = { step: 'reserve', code: 'DATABASE_BUSY', message: 'ocupada', attempt };
    expect(await record.failed(failure)).toBe(false);

    const next = await opened(third, request.operationId);
    expect(next.claim.attempt).toBe(2);
    expect(await next.begin('reserve')).toBe(2);
  });

  it('hagan lo que hagan dos trabajadores, los hechos son densos y su época nunca baja', async () => {
    const move = fc.tuple(
      fc.constantFrom(0, 1),
      fc.constantFrom('claim', 'expire', 'running', 'done', 'failed'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 4, maxLength: 25 }), async (moves) => {
        const request = aRequest();
        const engines = [world.engine(), world.engine()];
        const records: (OperationRecord | undefined)[] = [undefined, undefined];
        await engines[0]?.journal.open('PROVISION', request);
        const told = { now: 0 };
        for (const [who, what] of moves) {
          const [engine, record] = [engines[who], records[who]];
          if (engine === undefined) continue;
          if (what === 'expire') await expireLease(request.operationId);
          else if (what === 'claim') {
            const outcome = await engine.journal.claim(request.operationId, cause());
            if (outcome.kind === 'mine') {
              const rows = await readSteps(world.pool, request.operationId);
              records[who] = openRecord(engine.journal, engine.clock, outcome.claim, rows);
            }
          } else if (record !== undefined) {
            const { claim } = record;
            const before = await world.jobOf(request.operationId);
            const mine = before.epoch === claim.epoch && before.state === 'RUNNING';
            const failure = { step: 'reserve', code: 'X', message: 'x', attempt: claim.attempt };
            const wrote = await (what === 'failed'
              ? record.failed(failure)
              : what === 'done'
                ? record.begin('create-database', done)
                : record.begin('reserve')
            ).then(
              () => true,
              (error: unknown) => {
                if (error instanceof FencedError) return false;
                throw error;
              },
            );
            expect(wrote).toBe(mine);
            if (wrote) told.now += 1;
          }
        }
        const facts = await world.factsOf(request.operationId);
        expect(facts.map(({ data }) => data.n)).toEqual(facts.map((_, index) => index + 1));
        expect(facts.length).toBeGreaterThanOrEqual(told.now);
        const epochs = facts.map(({ data }) => data.epoch);
        expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});

describe('Reintentar lo que acabó mal', () => {
  const end = async (permanent: boolean) => {
    const request = aRequest();
    const engine = world.engine();
    await engine.journal.open('PROVISION', request);
    const record = await opened(engine, request.operationId);
    await record.begin('reserve');
    await record.begin('create-database', done);
    const failure = { step: 'create-database', code: 'DATABASE_DISK_FULL', message: 'lleno', attempt: 1 };
    if (permanent) {
      await record.compensating(failure);
      await record.undone('create-database', null, []);
      await record.undone('reserve', null, []);
      await record.compensated(failure);
    } else expect(await record.failed(failure, true)).toBe(true);
    return { request, engine };
  };
  const states = async (operationId: string) =>
    (await readSteps(world.pool, operationId)).slice(0, 2).map(({ state }) => state);

  it('FAILED sigue por el primer paso sin hacer', async () => {
    const { request, engine } = await end(false);
    expect(await world.jobOf(request.operationId)).toMatchObject({ state: 'FAILED' });

    expect(await engine.journal.open('PROVISION', { ...request, requestNo: 1 })).toBe('open');

    expect(await states(request.operationId)).toEqual(['DONE', 'PENDING']);
    expect((await claimed(engine.journal, request.operationId)).attempt).toBe(1);
  });

  it('COMPENSATED vuelve a empezar por el primero', async () => {
    const { request, engine } = await end(true);

    await engine.journal.open('PROVISION', { ...request, requestNo: 1 });

    expect(await states(request.operationId)).toEqual(['PENDING', 'PENDING']);
  });

  it('un número repetido no la reabre, y uno menor se descarta', async () => {
    const { request, engine } = await end(false);

    expect(await engine.journal.open('PROVISION', request)).toBe('open');
    expect(await engine.journal.claim(request.operationId, cause())).toMatchObject({
      kind: 'resting',
      failure: { code: 'DATABASE_DISK_FULL' },
    });
    await engine.journal.open('PROVISION', { ...request, requestNo: 2 });
    expect(await engine.journal.open('PROVISION', { ...request, requestNo: 1 })).toBe('older');
  });
});
