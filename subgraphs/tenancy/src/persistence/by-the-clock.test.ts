import pg from 'pg';
import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  exito,
  norte,
  operatorCause,
  provisionedFact,
  tickingClock,
  vetProfessional,
  viewerOf,
} from '../testing/builders.ts';
import { startTenancyDatabase, type TenancyDatabase } from '../testing/tenancy-database.ts';
import { applyOperationFact } from '../use-cases/apply-operation-fact.ts';
import { provisionTenantInstance } from '../use-cases/provision-tenant-instance.ts';
import { registerCustomer } from '../use-cases/register-customer.ts';
import { changesSource, statusSource } from './feed-sources.ts';
import { numberChanges } from './number-changes.ts';
import { pruneFeed } from './prune-feed.ts';
import { sweepingQueries } from './queries/sweeping.ts';

const now = new Date('2026-06-30T12:00:00.000Z');
const before = (ms: number): Date => new Date(now.getTime() - ms);
const days = (count: number): number => count * 86_400_000;
const never = new AbortController().signal;

let database: TenancyDatabase;
let customerId = '';
let sold = 0;

beforeAll(async () => {
  database = await startTenancyDatabase();
  const parts = { unitOfWork: database.unitOfWork, newId, clock: tickingClock() };
  customerId = (await registerCustomer(parts, operatorCause, exito)).id;
}, 60_000);
beforeEach(async () => {
  await database.prisma
    .$executeRaw`TRUNCATE feed, outbox, operation_step, operation, tenant_home, tenant_instance CASCADE`;
});
afterAll(() => database.close());

async function sell() {
  const { unitOfWork, prisma } = database;
  sold += 1;
  const learnOffer = async () => ({ productExists: true, plan: vetProfessional });
  const parts = {
    unitOfWork,
    newId,
    clock: tickingClock(),
    tenantDomain: 't.test',
    learnOffer,
    moveWarmMs: 1_000,
  };
  const input = norte(customerId, { instanceCode: `sede-${sold}` });
  const { id } = await provisionTenantInstance(parts, operatorCause, viewerOf('PLATFORM_ADMIN'), input);
  const operation = await prisma.operation.findFirstOrThrow({ where: { tenantInstanceId: id } });
  await prisma.outbox.updateMany({ data: { sentAt: now } });
  return { id, operationId: operation.id, parts };
}

describe('a quién hay que llamar', () => {
  const { findStalled, findUnheard, findDue } = {
    findStalled: (ms: number) => sweepingQueries(database.prisma).findStalled(before(ms)),
    findUnheard: (ms: number) => sweepingQueries(database.prisma).findUnheard(before(ms), now),
    findDue: () => sweepingQueries(database.prisma).findDue(now),
  };
  const set = (id: string, data: object) => database.prisma.operation.update({ where: { id }, data });
  const ids = async (found: Promise<readonly { id: string }[]>) => (await found).map(({ id }) => id).sort();

  it('a la que calla desde hace un minuto y no ha sido llamada en ese tiempo; no a la que acabó ni a la que espera', async () => {
    const [quiet, heard, rung, over, waiting] = [
      await sell(),
      await sell(),
      await sell(),
      await sell(),
      await sell(),
    ];
    await set(quiet.operationId, { movedAt: before(60_000), rungAt: before(60_000) });
    await set(heard.operationId, { movedAt: before(59_000) });
    await set(rung.operationId, { movedAt: before(90_000), rungAt: before(59_000) });
    await set(over.operationId, { movedAt: before(90_000), state: 'FAILED' });
    await set(waiting.operationId, { movedAt: before(90_000), state: 'AWAITING_CONFIRMATION' });

    expect(await ids(findStalled(60_000))).toEqual([quiet.operationId]);
    for (const state of ['RUNNING', 'COMPENSATING'] as const) {
      await set(quiet.operationId, { state });
      expect(await ids(findStalled(60_000))).toEqual([quiet.operationId]);
    }
  });

  it('mientras su orden sigue en el buzón no se llama a nadie: quien falta es NATS', async () => {
    const { id, operationId } = await sell();
    await set(operationId, { movedAt: before(90_000) });
    await database.prisma.outbox.updateMany({ where: { aggregateId: id }, data: { sentAt: null } });

    expect(await findStalled(60_000)).toEqual([]);
    await database.prisma.outbox.updateMany({ data: { sentAt: now } });
    expect(await ids(findStalled(60_000))).toEqual([operationId]);
  });

  it('la hecha de la que subscription no dijo nada, cada vez con más espera', async () => {
    const { id, operationId, parts } = await sell();
    const fact = provisionedFact({ operationId, instanceId: id, n: 1 });
    await applyOperationFact(parts, { ...operatorCause, messageId: newId() }, fact);
    await database.prisma.outbox.updateMany({ data: { sentAt: now } });
    const provisioned = (ms: number) =>
      database.prisma.tenantInstance.update({ where: { id }, data: { provisionedAt: before(ms) } });

    await provisioned(59_000);
    expect(await findUnheard(60_000)).toEqual([]);
    await provisioned(days(1));
    expect(await ids(findUnheard(60_000))).toEqual([operationId]);
    await set(operationId, { rung: 2, rungAt: before(179_000) });
    expect(await findUnheard(60_000)).toEqual([]);
    await set(operationId, { rungAt: before(180_000) });
    expect(await ids(findUnheard(60_000))).toEqual([operationId]);
    await set(operationId, { rung: 1_000, rungAt: before(3_600_000) });
    expect(await ids(findUnheard(60_000))).toEqual([operationId]);
    await database.prisma.tenantInstance.update({ where: { id }, data: { subscriptionActivatedAt: now } });
    expect(await findUnheard(60_000)).toEqual([]);
  });

  it('el traslado que espera se confirma cuando se cumple su plazo', async () => {
    const [due, early] = [await sell(), await sell()];
    await set(due.operationId, { state: 'AWAITING_CONFIRMATION', confirmBy: now });
    await set(early.operationId, { state: 'AWAITING_CONFIRMATION', confirmBy: new Date(now.getTime() + 1) });

    expect(await ids(findDue())).toEqual([due.operationId]);
  });
});

describe('la limpieza de la historia', () => {
  /** Entradas de una instancia, desde la versión 2: cuándo, y si cambiaron el estado. */
  async function history(id: string, entries: readonly (readonly [ageDays: number, changed: boolean])[]) {
    await database.prisma
      .$executeRaw`UPDATE feed SET at = ${before(days(100))} WHERE instance_id = ${id}::uuid`;
    for (const [index, [age, changed]] of entries.entries()) {
      await database.prisma.$executeRaw`
        INSERT INTO feed (instance_id, customer_id, version, status, status_changed, payload, at)
        SELECT instance_id, customer_id, ${index + 2}, 'ACTIVE', ${changed}, payload, ${before(days(age))}
        FROM feed WHERE instance_id = ${id}::uuid AND version = 1`;
    }
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('BEGIN');
    await numberChanges(client);
    await client.query('COMMIT');
    await client.end();
  }
  const versionsOf = async (instanceId: string) =>
    (await database.prisma.feed.findMany({ where: { instanceId }, orderBy: { version: 'asc' } })).map(
      ({ version }) => version,
    );

  it('se va lo de hace más de 30 días, y de cada instancia queda al menos lo más nuevo', async () => {
    const [busy, still] = [await sell(), await sell()];
    await history(still.id, [
      [80, true],
      [60, false],
    ]);
    await history(busy.id, [
      [90, false],
      [31, false],
      [29, false],
      [1, true],
    ]);

    const said = await pruneFeed(database.prisma, now, never);

    expect(await versionsOf(busy.id)).toEqual([4, 5]);
    expect(await versionsOf(still.id)).toEqual([3]);
    expect(said).toBe('feed entries deleted: 5');
    const source = statusSource(database.prisma);
    expect([await source.kept(busy.id), await source.kept(still.id)]).toEqual([
      { oldest: 4, newest: 5 },
      { oldest: 3, newest: 3 },
    ]);
  });

  it('el flujo de todos los cambios queda sin huecos, y su numeración sigue donde iba', async () => {
    const [one, two] = [await sell(), await sell()];
    await history(one.id, [
      [90, true],
      [40, true],
    ]);
    await history(two.id, [
      [20, true],
      [10, false],
    ]);
    const source = changesSource(database.prisma);
    const { newest } = (await source.kept('all')) ?? { newest: 0 };

    await pruneFeed(database.prisma, now, never);

    const kept = await source.kept('all');
    expect(kept?.newest).toBe(newest);
    const numbers = (await source.read('all', 0, 100)).map(({ version }) => version);
    expect(numbers).toEqual(
      Array.from({ length: newest - (kept?.oldest ?? 0) + 1 }, (_, n) => (kept?.oldest ?? 0) + n),
    );
    expect(await versionsOf(one.id)).toEqual([3]);
  });

  it('aunque todo sea viejo, el último número no se reparte otra vez', async () => {
    const { id } = await sell();
    await history(id, [
      [90, true],
      [80, false],
      [70, false],
    ]);
    const source = changesSource(database.prisma);
    const last = (await source.kept('all'))?.newest;

    await pruneFeed(database.prisma, now, never);
    await pruneFeed(database.prisma, now, never);

    expect(await source.kept('all')).toEqual({ oldest: last, newest: last });
    expect((await versionsOf(id)).at(-1)).toBe(4);
  });
});
